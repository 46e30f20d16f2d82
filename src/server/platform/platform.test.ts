import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Forbidden, Invalid } from './errors.ts';
import { idPattern, isId, newId, prefixes } from './ids.ts';
import { endScope, mintScope, type Member, type Scope } from './scope.ts';
import { secretsFrom } from './secrets.ts';
import { usecase } from './usecase.ts';

const now = new Date('2026-11-25T09:00:00Z');
const member = (role: Member['role']): Member => ({
	kind: 'member',
	businessId: 'biz_x',
	personId: 'per_x',
	name: 'W',
	role,
	timeZone: 'Africa/Nairobi'
});
const scopeOf = (role: Member['role']): Scope => mintScope(undefined as never, member(role), now);

describe('ids', () => {
	it('sort by age, and two of the same millisecond differ', () => {
		const older = newId('inv', now);
		const newer = newId('inv', new Date(now.getTime() + 1));
		expect(older < newer).toBe(true);
		expect(newId('inv', now)).not.toBe(older);
	});
	it('are told from rubbish and from ids of another kind', () => {
		expect(isId('inv', newId('inv', now))).toBe(true);
		for (const rubbish of [
			newId('tkt', now),
			'inv_',
			"inv_' or 1=1",
			`${newId('inv', now)} `,
			null,
			3
		])
			expect(isId('inv', rubbish)).toBe(false);
		for (const prefix of Object.keys(prefixes))
			expect(idPattern(prefix as 'inv').test(newId(prefix as 'inv', now))).toBe(true);
	});
});

describe('a use case', () => {
	const seen: unknown[] = [];
	const work = usecase(
		'business.change',
		v.object({ name: v.pipe(v.string(), v.nonEmpty('Write a name.')) }),
		async (_, input) => {
			seen.push(input);
			return input.name;
		}
	);

	it('runs for a role that has its permission, on the parsed input', async () => {
		await expect(work(scopeOf('owner'), { name: 'Mavuno' })).resolves.toBe('Mavuno');
	});
	it('does not run for a role that lacks it, and refuses before it looks at the input', async () => {
		seen.length = 0;
		await expect(work(scopeOf('member'), { name: '' })).rejects.toBeInstanceOf(Forbidden);
		expect(seen).toEqual([]);
	});
	it('tells which field is wrong', async () => {
		const failure = await work(scopeOf('owner'), { name: '' }).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(Invalid);
		expect((failure as Invalid).issues).toEqual([{ path: 'name', message: 'Write a name.' }]);
	});
	it('refuses a scope that no door minted, and one whose door has closed', async () => {
		const forged = { db: undefined as never, actor: member('owner'), now } satisfies Scope;
		await expect(work(forged, { name: 'x' })).rejects.toThrow(/not minted by a door/);
		const closed = scopeOf('owner');
		endScope(closed);
		await expect(work(closed, { name: 'x' })).rejects.toThrow(/closed/);
	});
});

describe('sealed secrets', () => {
	const secrets = secretsFrom('installation key');
	it('open again for their purpose, and for no other purpose or key', () => {
		const sealed = secrets.seal('client', 'hush');
		expect(sealed.toString('utf8')).not.toContain('hush');
		expect(secrets.open('client', sealed)).toBe('hush');
		expect(() => secrets.open('mail', sealed)).toThrow();
		expect(() => secretsFrom('another').open('client', sealed)).toThrow();
	});
	it('are noticed when a bit was changed', () => {
		const sealed = secrets.seal('client', 'hush');
		sealed[14] = (sealed[14] ?? 0) ^ 1;
		expect(() => secrets.open('client', sealed)).toThrow();
	});
});
