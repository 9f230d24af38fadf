// Verifies an export of an audit log with golang.org/x/mod/sumdb, which knows nothing of the program that wrote it:
// the note's signature, every tile and every entry, proofs of the root and of some entries; the cosignatures, which
// x/mod does not know, with the standard library.
//
// Usage: verify-export DIR. Says what is wrong and exits 1, or prints one line and exits 0.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: verify-export DIR")
		os.Exit(2)
	}
	line, err := verify(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(line)
}

func verify(dir string) (string, error) {
	logKeys, cosigners, err := readKeys(filepath.Join(dir, "verifier-keys"))
	if err != nil {
		return "", err
	}
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return "", err
	}
	opened, err := note.Open(signed, note.VerifierList(logKeys...))
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	origin, tree, err := parseCheckpoint(opened.Text)
	if err != nil {
		return "", err
	}
	cosigned, err := checkCosignatures(opened, cosigners)
	if err != nil {
		return "", err
	}
	reader := &tileFolder{dir: dir}
	hashes := tlog.TileHashReader(tree, reader)
	if err := checkEveryTile(dir, tree, reader); err != nil {
		return "", err
	}
	if err := checkEveryEntry(dir, tree, hashes); err != nil {
		return "", err
	}
	return fmt.Sprintf("ok %s %d %s cosigned %d", origin, tree.N, tree.Hash, cosigned), nil
}

// A cosigner signs with a key that x/mod's notes do not know (type 4 of C2SP tlog-cosignature).
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func readKeys(file string) ([]note.Verifier, []cosigner, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	var logs []note.Verifier
	var cosigners []cosigner
	for _, vkey := range strings.Fields(string(text)) {
		if verifier, err := note.NewVerifier(vkey); err == nil {
			logs = append(logs, verifier)
			continue
		}
		parts := strings.SplitN(vkey, "+", 3)
		if len(parts) != 3 {
			return nil, nil, fmt.Errorf("%q is no verifier key", vkey)
		}
		id, err := strconv.ParseUint(parts[1], 16, 32)
		if err != nil {
			return nil, nil, err
		}
		key, err := base64.StdEncoding.DecodeString(parts[2])
		if err != nil || len(key) != 33 || key[0] != 4 {
			return nil, nil, fmt.Errorf("%q is neither the key of a log nor of a cosigner", vkey)
		}
		sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
		if binary.BigEndian.Uint32(sum[:4]) != uint32(id) {
			return nil, nil, fmt.Errorf("the id of %q is not that of its key", vkey)
		}
		cosigners = append(cosigners, cosigner{parts[0], uint32(id), key[1:]})
	}
	return logs, cosigners, nil
}

func parseCheckpoint(text string) (string, tlog.Tree, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return "", tlog.Tree{}, fmt.Errorf("checkpoint: %d lines", len(lines))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		return "", tlog.Tree{}, fmt.Errorf("checkpoint: size %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return "", tlog.Tree{}, err
	}
	return lines[0], tlog.Tree{N: size, Hash: root}, nil
}

func checkCosignatures(opened *note.Note, cosigners []cosigner) (int, error) {
	found := 0
	for _, c := range cosigners {
		for _, sig := range opened.UnverifiedSigs {
			if sig.Name != c.name || sig.Hash != c.id {
				continue
			}
			// Of note.Signature.Base64 the first four bytes are the key's id.
			raw, err := base64.StdEncoding.DecodeString(sig.Base64)
			if err != nil || len(raw) != 4+8+ed25519.SignatureSize {
				return 0, fmt.Errorf("the cosignature of %s is malformed", c.name)
			}
			seconds := binary.BigEndian.Uint64(raw[4:12])
			message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, opened.Text)
			if !ed25519.Verify(c.key, []byte(message), raw[12:]) {
				return 0, fmt.Errorf("the cosignature of %s does not hold", c.name)
			}
			found++
		}
	}
	if found < len(cosigners) {
		return 0, fmt.Errorf("%d of %d cosignatures are there", found, len(cosigners))
	}
	return found, nil
}

// tileFolder reads tiles as C2SP lays them out. The path of x/mod has the height in it, which C2SP's has not.
type tileFolder struct{ dir string }

func (f *tileFolder) Height() int { return height }

func (f *tileFolder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f *tileFolder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		bytes, err := os.ReadFile(filepath.Join(f.dir, pathOf(tile)))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

func pathOf(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
}

// checkEveryTile compares all tiles of the tree with the export, not a sample: each hash of each is authenticated by
// x/mod's own reader, and a tile has exactly the bytes that its width says.
func checkEveryTile(dir string, tree tlog.Tree, reader *tileFolder) error {
	if tree.N == 0 {
		return nil
	}
	hashes := tlog.TileHashReader(tree, reader)
	for _, tile := range rightTiles(tree.N) {
		data, err := os.ReadFile(filepath.Join(dir, pathOf(tile)))
		if err != nil {
			return err
		}
		if len(data) != tile.W*tlog.HashSize {
			return fmt.Errorf("%s has %d bytes", pathOf(tile), len(data))
		}
		indexes := make([]int64, tile.W)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(tile.L*height, tile.N<<height+int64(i))
		}
		want, err := hashes.ReadHashes(indexes)
		if err != nil {
			return fmt.Errorf("%s: %w", pathOf(tile), err)
		}
		for i, hash := range want {
			if !bytes.Equal(hash[:], data[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
				return fmt.Errorf("%s: hash %d", pathOf(tile), i)
			}
		}
	}
	return nil
}

// rightTiles lists each tile at the width that it has in a tree of n: tlog.NewTiles would also name narrower ones in
// older versions.
func rightTiles(n int64) []tlog.Tile {
	var tiles []tlog.Tile
	for level := 0; n>>(uint(level)*height) > 0; level++ {
		count := n >> (uint(level) * height)
		for index := int64(0); index<<height < count; index++ {
			width := count - index<<height
			if width > 1<<height {
				width = 1 << height
			}
			tiles = append(tiles, tlog.Tile{H: height, L: level, N: index, W: int(width)})
		}
	}
	return tiles
}

func checkEveryEntry(dir string, tree tlog.Tree, hashes tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += 1 << height {
		width := tree.N - first
		if width > 1<<height {
			width = 1 << height
		}
		path := strings.Replace(pathOf(tlog.Tile{H: height, L: 0, N: first >> height, W: int(width)}), "tile/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return err
		}
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("%s ends within entry %d", path, first+i)
			}
			entry := bundle[2 : 2+binary.BigEndian.Uint16(bundle)]
			bundle = bundle[2+len(entry):]
			leaf := tlog.RecordHash(entry)
			stored, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, first+i)})
			if err != nil {
				return err
			}
			if stored[0] != leaf {
				return fmt.Errorf("%s: entry %d is not the one that was logged", path, first+i)
			}
			// A record proof as x/mod makes and checks it, for one entry of each bundle.
			if i == first>>height%width {
				proof, err := tlog.ProveRecord(tree.N, first+i, hashes)
				if err != nil {
					return err
				}
				if err := tlog.CheckRecord(proof, tree.N, tree.Hash, first+i, leaf); err != nil {
					return fmt.Errorf("entry %d: %w", first+i, err)
				}
			}
		}
		if len(bundle) > 0 {
			return fmt.Errorf("%s: %d bytes too many", path, len(bundle))
		}
	}
	return nil
}
