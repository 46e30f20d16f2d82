import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTwoBusinesses, type TwoBusinesses } from '../../../tests/setup/businesses.ts';
import { sessionFrom } from '../../../tests/setup/sign-in.ts';
import { startTestRuntime, type TestRuntime } from '../../../tests/setup/runtime.ts';
import { addMember, changeMember, removeMember } from '#server/modules/businesses/index.ts';
import { createPerson, endSession, signIn } from '#server/modules/identity/index.ts';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import type { Role } from '#server/platform/permissions.ts';
import type { Member } from '#server/platform/scope.ts';
import { isLook, readViewerOfLook } from './looks.ts';

let runtime: TestRuntime;
let businesses: TwoBusinesses;
let owner: Member;
let clerk: Member;
let other: Member;

beforeAll(async () => {
	runtime = await startTestRuntime();
	businesses = await createTwoBusinesses();
	[owner, clerk, other] = await Promise.all([
		join(businesses.mavuno.businessId, 'Wangari', 'owner'),
		join(businesses.mavuno.businessId, 'Otieno', 'member'),
		join(businesses.pwani.businessId, 'Amina', 'owner')
	]);
	// What was announced of them would be a change to the first test.
	await new Promise((resolve) => setTimeout(resolve, 150));
});
afterAll(() => runtime.stop());

const password = 'Karibu sana 2026';
let addresses = 0;
const emailOf = ({ name }: Pick<Member, 'name'>): string => `${name}@looks.example`;

function join(businessId: string, name: string, role: Role): Promise<Member> {
	return withSystem('test', async (scope) => {
		const email = emailOf({ name });
		const { id: personId } = await createPerson(scope, { email, name, password });
		await addMember(scope, { businessId, personId, role });
		return { kind: 'member', businessId, personId, name, role, timeZone: 'Africa/Nairobi' };
	});
}

async function enter(member: Member): Promise<string> {
	const address = `10.3.0.${(addresses += 1)}`;
	const input = { email: emailOf(member), password, address };
	return (await sessionFrom(signIn(input, async () => member.businessId))).token;
}

describe('who looks', () => {
	it('is read once for the pages of one browser, and apart for each session', async () => {
		const [one, two, three] = await Promise.all([enter(owner), enter(clerk), enter(other)]);
		const opened = vi.spyOn(runtime.database.system.pool, 'connect');
		const viewers = await Promise.all(
			[one, one, two, three, one].map((token) => readViewerOfLook(token))
		);
		expect(opened).toHaveBeenCalledTimes(3);
		opened.mockRestore();
		expect(viewers.map((viewer) => [viewer?.session.personId, viewer?.current?.role])).toEqual([
			[owner.personId, 'owner'],
			[owner.personId, 'owner'],
			[clerk.personId, 'member'],
			[other.personId, 'owner'],
			[owner.personId, 'owner']
		]);
	});

	it('is nobody at once when the session ends', async () => {
		const token = await enter(owner);
		expect(await readViewerOfLook(token)).not.toBeNull();
		await withSystem('test', (scope) => endSession(scope, token));
		expect(await readViewerOfLook(token)).toBeNull();
	});

	it('has another role, and no place, at once when it is changed and taken away', async () => {
		const token = await enter(clerk);
		const role = async () => (await readViewerOfLook(token))?.current?.role;
		expect(await role()).toBe('member');
		await withBusiness(owner, (scope) =>
			changeMember(scope, { personId: clerk.personId, role: 'admin' })
		);
		expect(await role()).toBe('admin');
		await withBusiness(owner, (scope) => removeMember(scope, { personId: clerk.personId }));
		expect(await role()).toBeUndefined();
	});

	it('is nobody without a token, and only pages that are fetched look', async () => {
		expect(await readViewerOfLook(undefined)).toBeNull();
		const headers = { 'x-evolve-live': '1' };
		expect(isLook(new Request('http://localhost/', { headers }))).toBe(true);
		expect(isLook(new Request('http://localhost/'))).toBe(false);
		expect(isLook(new Request('http://localhost/', { headers, method: 'POST' }))).toBe(false);
	});
});
