import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import schema from '../../schemas/config.v1.json' with { type: 'json' };
import type { ConfigFault } from './config-error.ts';

const ajv = new Ajv2020({ allErrors: true, strict: true, useDefaults: true });
const validate = ajv.compile(schema);

/** Checks the draft against schemas/config.v1.json and fills in the defaults. @returns every fault */
export function checkShape(draft: unknown): ConfigFault[] {
  return validate(draft) ? [] : (validate.errors ?? []).map(asFault);
}

function asFault({ instancePath, keyword, params, message }: ErrorObject): ConfigFault {
  switch (keyword) {
    case 'additionalProperties':
      return {
        pointer: `${instancePath}/${escapePointer(params.additionalProperty)}`,
        message: 'there is no such setting',
      };
    case 'required':
      return { pointer: `${instancePath}/${escapePointer(params.missingProperty)}`, message: 'is missing' };
    case 'enum':
      return { pointer: instancePath, message: `must be one of ${params.allowedValues.join(', ')}` };
    case 'pattern':
      return {
        pointer: instancePath,
        message: 'must be small letters and digits, in words joined by single hyphens',
      };
    default:
      return { pointer: instancePath, message: message ?? keyword };
  }
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
