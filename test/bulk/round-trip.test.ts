import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitRoom } from '../../src/bulk/await-room.ts';
import { exportRegister } from '../../src/bulk/export-register.ts';
import { type ImportOptions, importFile, type WrongLine } from '../../src/bulk/import-file.ts';
import { neutralise, restore } from '../../src/bulk/neutralise.ts';
import { readLines } from '../../src/bulk/read-lines.ts';
import { readMapping } from '../../src/bulk/read-mapping.ts';
import { generateEnterprises } from '../../src/demo/generate-enterprises.ts';
import { readEnterprise } from '../../src/register/read-enterprise.ts';
import { recordOf } from '../support/messages.ts';
import { createPair, type Pair, type Side } from '../support/pair.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let pair: Pair;
let other: Pair;
let folder: TemporaryFolder;
const ENTERPRISES = 40;

beforeAll(async () => {
  folder = await createTemporaryFolder();
  pair = await createPair();
  other = await createPair();
  for (const { messages } of generateEnterprises('CN', 7, ENTERPRISES)) await pair.cn.submit(...messages);
});
afterAll(async () => {
  await pair[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const at = (name: string) => join(folder.path, name);
const write = (side: Side, file: string, options = {}) =>
  exportRegister(side.db.database, [{ link: side.link.id, party: 'CN' }], file, options);

async function read({ db, link, issuer, keyRing }: Side, file: string, options: Partial<ImportOptions> = {}) {
  const wrong: WrongLine[] = [];
  const parts = {
    database: db.database,
    party: 'CN' as const,
    issuer,
    keyRing,
    link,
    principal: 'test',
    now: () => new Date(),
  };
  const counts = await importFile(parts, file, {
    onWrong: (line) => void wrong.push(line),
    onDone() {},
    ...options,
  });
  return { counts, wrong };
}

describe('a register as a file', () => {
  it.each(['a.csv', 'a.xlsx', 'a.ndjson'])(
    '%s holds every record, and importing it changes nothing',
    async (name) => {
      expect(await write(pair.cn, at(name))).toBe(ENTERPRISES);
      const { counts, wrong } = await read(pair.cn, at(name));
      expect(wrong).toEqual([]);
      expect(counts).toMatchObject({ lines: ENTERPRISES, messages: 0, unchanged: ENTERPRISES, wrong: 0 });
    },
  );

  it('keeps to what may wait for the partner: waits, stops with what is done, and goes on', async () => {
    await using small = await createPair();
    const { cn } = small;
    cn.link.outboxMax = 15;
    await write(pair.cn, at('bounded.ndjson'));
    let line = 0;
    const run = (waitMsMax: number, onWait?: () => void) =>
      read(cn, at('bounded.ndjson'), {
        afterLine: line,
        awaitRoom: (messages) =>
          awaitRoom(
            { database: cn.db.database, link: cn.link, waitMsMax, ...(onWait ? { onWait } : {}) },
            messages,
          ),
        onDone: (counts) => {
          line = counts.line;
        },
      });
    const waiting = async () => (await cn.db.sql('select from outbox')).length;
    await expect(run(0)).rejects.toThrow(/15 messages wait for the partner .* 15 may/);
    expect([await waiting(), line]).toEqual([15, 15]);
    // Deliveries make room while it waits.
    const { counts } = await run(60_000, () => void cn.db.sql('delete from outbox'));
    expect(counts).toMatchObject({ messages: ENTERPRISES - 15, unchanged: 0, wrong: 0 });
    expect(await waiting()).toBeLessThanOrEqual(15);
  });

  it('fills an empty register with the same records, whatever the format', async () => {
    await write(pair.cn, at('b.xlsx'));
    const { counts } = await read(other.cn, at('b.xlsx'));
    expect(counts).toMatchObject({ messages: ENTERPRISES, unchanged: 0, wrong: 0 });
    await write(pair.cn, at('one.csv'));
    await write(other.cn, at('two.csv'));
    const without = async (name: string) =>
      (await readFile(at(name), 'utf8')).replaceAll(/initial-load|change|periodic/g, '');
    expect(await without('two.csv')).toBe(await without('one.csv'));
  });

  it('begins with a byte order mark where asked, and ends its lines as Excel does', async () => {
    await write(pair.cn, at('bom.csv'), { bom: true });
    const text = await readFile(at('bom.csv'), 'utf8');
    expect(text.startsWith('\uFEFFid,name.latin')).toBe(true);
    expect(text.split('\r\n')).toHaveLength(ENTERPRISES + 2);
  });
});

describe('an import', () => {
  const line = (id: string, members: object = {}) => JSON.stringify(recordOf(id, members));

  it('sends only what differs, reports what is wrong, and does not stop at it', async () => {
    const file = at('mixed.ndjson');
    const [first] = [...generateEnterprises('CN', 7, 1)];
    const record = first && { ...first.latest, nextReviewDue: '2029-01-01' };
    await writeFile(
      file,
      [
        JSON.stringify(record),
        line('CN4403960A2B'),
        line('CN4403960A2C', { status: 'gold' }),
        '{',
        line('CN4403960A2B'),
      ].join('\n'),
    );
    const { counts, wrong } = await read(pair.cn, file);
    expect(counts).toMatchObject({ lines: 5, messages: 2, unchanged: 1, wrong: 2 });
    expect(wrong.map(({ line: at, id }) => [at, id])).toEqual([
      [3, 'CN4403960A2C'],
      [4, null],
    ]);
    expect(wrong[0]?.faults[0]?.pointer).toBe('/status');
  });

  it('leaves nothing behind in a dry run, which judges by the register as well', async () => {
    const file = at('dry.ndjson');
    const stale = line('CN4403960A2B', { statusSince: '2026-03-31', regime: 'GACC-251' });
    await writeFile(file, [line('CN4403960A2D'), stale].join('\n'));
    const { counts, wrong } = await read(pair.cn, file, { dryRun: true });
    expect(counts).toMatchObject({ messages: 1, wrong: 1 });
    expect(wrong[0]?.faults[0]?.code).toBe('change-pending');
    expect(await readEnterprise(pair.cn.db.database, 'CN4403960A2D')).toEqual([]);
  });

  it('goes on after the line that an earlier run reached', async () => {
    const file = at('resume.ndjson');
    await writeFile(file, [line('CN4403960A2E'), line('CN4403960A2F')].join('\n'));
    const { counts } = await read(pair.cn, file, { afterLine: 1 });
    expect(counts).toMatchObject({ line: 2, lines: 1, messages: 1 });
    expect(await readEnterprise(pair.cn.db.database, 'CN4403960A2E')).toEqual([]);
  });

  it('reads a foreign file by a mapping: names, values, dates and lists', async () => {
    await writeFile(
      at('foreign.csv'),
      Buffer.concat([
        Buffer.from('\uFEFF海关编码;企业名称;英文名称;状态;起始;MID;城市;地址\r\n'),
        Buffer.from(
          '4403960A3B;深圳恒达电子有限公司;Shenzhen Hengda Electronics;有效;2026/4/1;;Shenzhen;1288 Longgang Avenue\r\n',
        ),
        Buffer.from('4403960A3C;深圳恒达;Hengda;有效;昨天;;Shenzhen;1 Road\r\n'),
      ]),
    );
    await writeFile(
      at('mapping.json'),
      JSON.stringify({
        delimiter: ';',
        columns: {
          'gacc.customs-registration': '海关编码',
          'name.native': '企业名称',
          'name.latin': '英文名称',
          status: { column: '状态', values: { 有效: 'certified' } },
          class: { value: 'advanced-certified' },
          statusSince: '起始',
          certifiedOn: { value: '2023-06-12' },
          'consent.givenOn': { value: '2023-06-12' },
          roles: { value: 'exporter' },
          'cbp.mid': { column: 'MID', split: ',' },
          'address.1.type': { value: 'site' },
          'address.1.lines': { column: '地址', split: ';' },
          'address.1.city': '城市',
          'address.1.country': { value: 'CN' },
        },
      }),
    );
    const { counts, wrong } = await read(pair.cn, at('foreign.csv'), {
      mapping: await readMapping(at('mapping.json')),
    });
    expect(counts).toMatchObject({ messages: 1, wrong: 1 });
    expect(wrong[0]?.faults.map(({ column }) => column)).toContain('起始');
    const [record] = await readEnterprise(pair.cn.db.database, 'CN4403960A3B');
    expect(record?.details?.data).toMatchObject({
      regime: 'GACC-282',
      statusSince: '2026-04-01',
      occasion: 'initial-load',
    });
  });

  it('names every fault of a mapping, and a column that the header lacks', async () => {
    await writeFile(
      at('bad.json'),
      JSON.stringify({ encoding: 'klingon', columns: { nam: 'x', status: 7 } }),
    );
    await expect(readMapping(at('bad.json'))).rejects.toThrow(/encoding[\s\S]*nam[\s\S]*status/);
    await writeFile(at('short.csv'), 'id,status\nCN1,certified\n');
    await expect(read(pair.cn, at('short.csv'))).rejects.toThrow('The header lacks name.latin, statusSince');
  });
});

describe('a cell that a spreadsheet would run', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1'])(
    '%j is text in the file and itself again when read',
    (cell) => {
      expect(neutralise(cell)).toBe(`'${cell}`);
      expect(restore(neutralise(cell))).toBe(cell);
    },
  );

  it.each(['Shenzhen Co.', "'s Gravenhage", 'a=b', ''])('%j is left alone', (cell) => {
    expect(neutralise(cell)).toBe(cell);
    expect(restore(cell)).toBe(cell);
  });

  it('is neutralised in CSV and XLSX', async () => {
    const evil = recordOf('CN4403960A4B') as { enterprise: { name: object } };
    evil.enterprise.name = { ...evil.enterprise.name, latin: '=HYPERLINK(1) Co' };
    await other.cn.submit({ type: 'enterprise-status', data: evil });
    for (const name of ['evil.csv', 'evil.xlsx']) {
      await write(other.cn, at(name));
      const cells: string[] = [];
      for await (const one of readLines(at(name))) if ('cells' in one) cells.push(...one.cells.values());
      expect(cells).toContain("'=HYPERLINK(1) Co");
      expect(cells.filter((cell) => /^[=+\-@]/.test(cell))).toEqual([]);
      expect((await read(other.cn, at(name))).counts.messages).toBe(0);
    }
  });
});
