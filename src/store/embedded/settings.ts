/** Values of postgresql.conf by name. */
export type Settings = Readonly<Record<string, string>>;

/**
 * For a small machine that also runs the gateway. Durability stays at PostgreSQL's full defaults (fsync,
 * full_page_writes, synchronous_commit), because a 202 means "on disk". An operator's `alter system` wins.
 */
export const serverSettings: Settings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  wal_buffers: '16MB',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  // Few checkpoints: after each, the first change of a page logs the whole page. Compressing those costs more
  // CPU than the writes (the packaged server has only pglz), and CPU is what is scarce here.
  checkpoint_timeout: '15min',
  synchronous_commit: 'on',
  random_page_cost: '1.1',
  // Our statements are short: compiling one costs more than running it.
  jit: 'off',
  track_io_timing: 'off',
  // Queue tables live from being emptied: look at them often.
  autovacuum_naptime: '15s',
  timezone: 'UTC',
  logging_collector: 'on',
  log_directory: 'log',
  // Seven files, each written over after a week.
  log_filename: 'postgres-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  // No values of rows in the log: terse leaves out "Key (…)=(…) already exists".
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

/** As lines of a configuration file. */
export function settingsText(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `# Written at each start by mra. Use ALTER SYSTEM to change a setting.\n${lines.join('\n')}\n`;
}
