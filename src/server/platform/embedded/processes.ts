import { readFileSync } from 'node:fs';

/** Whether a process of this id runs, whoever it belongs to. */
export function isAlive(pid: number): boolean {
	return identity(pid) !== undefined;
}

/** The words a process was started with; empty when it is gone. */
export function commandLine(pid: number): string[] {
	return readProc(pid, 'cmdline').split('\0').slice(0, -1);
}

/**
 * A process id together with when the process began (clock ticks since boot): ids are given again, this
 * is not. Undefined when it is gone, or is a zombie: where nothing reaps orphans (a container without an
 * init) a dead process keeps its id.
 */
export function identity(pid: number): string | undefined {
	// The second field is the program's name in parentheses and may hold spaces; the third is the state,
	// the 22nd the start.
	const stat = readProc(pid, 'stat');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const began = fields[19];
	return began && fields[0] !== 'Z' && fields[0] !== 'X' ? `${pid}.${began}` : undefined;
}

function readProc(pid: number, name: string): string {
	try {
		return readFileSync(`/proc/${pid}/${name}`, 'utf8');
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		if (code === 'ENOENT' || code === 'ESRCH') return '';
		throw error;
	}
}
