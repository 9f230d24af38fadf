import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import certificationChange from '../../schemas/messages/certification-change.v1.json' with { type: 'json' };
import codes from '../../schemas/messages/codes.v1.json' with { type: 'json' };
import common from '../../schemas/messages/common.v1.json' with { type: 'json' };
import enterpriseStatus from '../../schemas/messages/enterprise-status.v1.json' with { type: 'json' };
import keyConfirmed from '../../schemas/messages/key-confirmed.v1.json' with { type: 'json' };
import keyRotation from '../../schemas/messages/key-rotation.v1.json' with { type: 'json' };
import ledgerDigest from '../../schemas/messages/ledger-digest.v1.json' with { type: 'json' };
import receipt from '../../schemas/messages/receipt.v1.json' with { type: 'json' };
import registerDigest from '../../schemas/messages/register-digest.v1.json' with { type: 'json' };
import resyncRequest from '../../schemas/messages/resync-request.v1.json' with { type: 'json' };
import validationResult from '../../schemas/messages/validation-result.v1.json' with { type: 'json' };
import versionVoid from '../../schemas/messages/version-void.v1.json' with { type: 'json' };
import type { MessageData } from '../generated/messages.ts';

/** A JSON Schema 2020-12 document. */
export interface SchemaDocument {
  readonly $id: string;
  readonly [keyword: string]: unknown;
}

/** The message types that have a schema here. */
export type SchemaType = keyof MessageData;

/** Every schema document by its file name without `.v1.json`. */
export type SchemaDocuments = Readonly<Record<SchemaType | 'common' | 'codes', SchemaDocument>>;

export const schemaDocuments: SchemaDocuments = {
  'enterprise-status': enterpriseStatus,
  'certification-change': certificationChange,
  'validation-result': validationResult,
  'version-void': versionVoid,
  receipt,
  'key-rotation': keyRotation,
  'key-confirmed': keyConfirmed,
  'ledger-digest': ledgerDigest,
  'register-digest': registerDigest,
  'resync-request': resyncRequest,
  common,
  codes,
};

/** Tells whether data have the shape of the type; on false `errors` holds all that is wrong. */
export interface SchemaCheck<Data> {
  (data: unknown): data is Data;
  errors?: readonly ErrorObject[] | null | undefined;
}

/** Finds the compiled schema `<file>.v1.json` or, with a fragment, a definition in it. */
export type SchemaFinder = (name: string) => SchemaCheck<unknown>;

/** The documents are a parameter so that a test can take something away from them. */
export function readSchemas(documents: SchemaDocuments = schemaDocuments): SchemaFinder {
  // A `then` demands members whose definition stands in the `properties` of the whole.
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
  addFormats.default(ajv, { mode: 'full', formats: ['date', 'date-time'] });
  ajv.addVocabulary(['x-title-zh', 'x-description-zh', 'x-rule']);
  ajv.addSchema(Object.values(documents));
  return (name) => {
    const check = ajv.getSchema(new URL(name, documents.common.$id).href);
    if (check === undefined) throw new Error(`there is no schema ${name}`);
    return check;
  };
}

/** The compiled schemas, by type. */
type SchemaChecks = { readonly [Type in SchemaType]: SchemaCheck<MessageData[Type]> };

// At load: a gateway with a schema that does not compile must not start.
const checks = compileTypes(readSchemas());

export function schemaCheck<Type extends SchemaType>(type: Type): SchemaChecks[Type] {
  return checks[type];
}

function compileTypes(find: SchemaFinder): SchemaChecks {
  // The generated types say what the schemas say; the generator's --check holds them together.
  const typed = <Type extends SchemaType>(type: Type) =>
    find(`${type}.v1.json`) as SchemaCheck<MessageData[Type]>;
  return {
    'enterprise-status': typed('enterprise-status'),
    'certification-change': typed('certification-change'),
    'validation-result': typed('validation-result'),
    'version-void': typed('version-void'),
    receipt: typed('receipt'),
    'key-rotation': typed('key-rotation'),
    'key-confirmed': typed('key-confirmed'),
    'ledger-digest': typed('ledger-digest'),
    'register-digest': typed('register-digest'),
    'resync-request': typed('resync-request'),
  };
}
