/** One thing wrong with the configuration. `pointer` (RFC 6901) leads to the setting in the file. */
export interface ConfigFault {
  pointer: string;
  message: string;
}

/** A configuration that cannot be used, with every reason at once. Secrets are not quoted. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly file: string;
  readonly faults: readonly ConfigFault[];

  constructor(file: string, faults: readonly ConfigFault[], options?: ErrorOptions) {
    const lines = faults.map(({ pointer, message }) => `  ${pointer || '/'}: ${message}`);
    super(`${file} cannot be used:\n${lines.join('\n')}`, options);
    this.file = file;
    this.faults = faults;
  }
}
