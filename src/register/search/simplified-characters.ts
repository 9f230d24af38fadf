import { Converter } from 'opencc-js/t2cn';

/** The blocks of unified ideographs in which traditional characters stand; beyond the basic plane there are hardly any. */
const BLOCKS = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
] as const;

let map: ReadonlyMap<string, string> | undefined;

/**
 * Each traditional character in its simplified form, so that a name is found in either. Character by character: a
 * key to compare by, not a text to read.
 */
export function simplified(text: string): string {
  map ??= simplifiedForms();
  let changed = '';
  for (const character of text) changed += map.get(character) ?? character;
  return changed;
}

/** Asked once for every character: a call of the converter costs some microseconds, a look into the map none. */
function simplifiedForms(): Map<string, string> {
  const convert = Converter({ from: 't', to: 'cn' });
  const forms = new Map<string, string>();
  for (const [first, last] of BLOCKS) {
    for (let code = first; code <= last; code++) {
      const character = String.fromCodePoint(code);
      const form = convert(character);
      if (form !== character) forms.set(character, form);
    }
  }
  return forms;
}
