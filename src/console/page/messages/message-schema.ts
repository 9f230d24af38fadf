import { language } from '../words/language.ts';

/** What of a JSON Schema a form needs. */
export interface Schema {
  title?: string;
  'x-title-zh'?: string;
  $ref?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
}

const files = import.meta.glob<Schema>('../../../../schemas/messages/*.v1.json', {
  eager: true,
  import: 'default',
});

const schemas = new Map(
  Object.entries(files).map(([path, schema]) => [path.slice(path.lastIndexOf('/') + 1), schema]),
);

export function schemaOf(type: string): Schema | undefined {
  return schemas.get(`${type}.v1.json`);
}

export function titleOf(schema: Schema, otherwise: string): string {
  const title = language() === 'zh-CN' ? schema['x-title-zh'] : schema.title;
  return title ?? otherwise;
}

interface Target {
  schema: Schema;
  /** Name of the definition that it refers to. */
  name?: string;
  /** Name of the code list whose codes it holds. */
  codes?: string;
}

/** Lists whose codes are those of another list. */
const subsets: Record<string, string> = { 'record-statuses': 'statuses' };

/** Follows a reference; all are to a definition of the same or a neighbouring file. */
export function targetOf(schema: Schema): Target {
  const [, file, name] = /^([\w.-]*)#\/\$defs\/([\w-]+)$/.exec(schema.$ref ?? '') ?? [];
  if (name === undefined) return { schema };
  if (file === 'codes.v1.json') return { schema, codes: subsets[name] ?? name };
  const found = schemas.get('common.v1.json')?.$defs?.[name];
  return { schema: found ?? schema, name };
}
