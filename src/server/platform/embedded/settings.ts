import { accessSync, constants } from 'node:fs';

/** `test` survives the end of its processes, but not of its machine: its data live for one run. */
export type Profile = 'production' | 'test';

/**
 * postgresql.conf, whole: what PostgreSQL's own defaults leave as they are is not repeated.
 * Memory is taken as it is used, so 256 MB of buffers cost a small installation nothing.
 */
export function settings(profile: Profile, socketDirectory: string): string {
	const shared = {
		listen_addresses: '',
		unix_socket_directories: socketDirectory,
		unix_socket_permissions: '0700',
		max_connections: '100',
		timezone: 'UTC',
		log_timezone: 'UTC',
		lc_messages: 'C',
		// The program that asked hears of its own errors; what concerns the server itself is logged.
		log_min_messages: 'log',
		log_line_prefix: '',
		log_checkpoints: 'off',
		dynamic_shared_memory_type: canWrite('/dev/shm') ? 'posix' : 'mmap',
		// Short queries on warm data: compiling them and reading through helper processes costs more than it gives.
		jit: 'off',
		io_method: 'sync',
		random_page_cost: '1.1',
		work_mem: '8MB'
	};
	const own: Record<Profile, Record<string, string>> = {
		production: {
			shared_buffers: '256MB',
			maintenance_work_mem: '64MB',
			// Usage arrives in a steady stream of group commits: room between checkpoints, and log files kept for reuse.
			wal_buffers: '16MB',
			min_wal_size: '256MB',
			max_wal_size: '2GB',
			checkpoint_timeout: '15min',
			// Usage tables only grow, hour after hour: look at them before a tenth of their rows is new.
			autovacuum_vacuum_insert_scale_factor: '0.05',
			autovacuum_analyze_scale_factor: '0.05'
		},
		test: {
			shared_buffers: '128MB',
			fsync: 'off',
			full_page_writes: 'off',
			max_wal_size: '1GB'
		}
	};
	return Object.entries({ ...shared, ...own[profile] })
		.map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
		.join('');
}

function canWrite(directory: string): boolean {
	try {
		accessSync(directory, constants.W_OK);
		return true;
	} catch {
		// For whatever reason it cannot be written to: another kind of shared memory serves.
		return false;
	}
}
