import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { Conflict, Forbidden, Invalid, NotFound } from '#server/platform/errors.ts';
import { startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { listMails } from '#server/platform/mail.ts';
import type { Role } from '#server/platform/permissions.ts';
import type { Member } from '#server/platform/scope.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { createPerson, listOwnSessions, setPassword } from '../identity/index.ts';
import {
	changeBusiness,
	changeMember,
	countMembersOfAll,
	inviteAgain,
	inviteMember,
	listMembers,
	readBusiness,
	removeMember
} from './index.ts';

let runtime: TestRuntime;
let jobs: RunningJobs;
let mavuno: Member;
let pwani: Member;
let admin: Member;
let otieno: Member;

beforeAll(async () => {
	runtime = await startTestRuntime();
	jobs = await startJobs({ pollingSeconds: 0.5 });
	({ mavuno, pwani } = await createTwoBusinesses());
	admin = await createMember(mavuno.businessId, 'Peter Mwangi', 'peter@mavuno.example', 'admin');
	otieno = await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
});
afterAll(async () => {
	await jobs.stop();
	await runtime.stop();
});

const list = (as: Member) => withBusiness(as, (scope) => listMembers(scope, {}));
const roleOf = async (as: Member, personId: string) =>
	(await list(as)).find((member) => member.personId === personId)?.role;
const change = (as: Member, personId: string, role: Role) =>
	withBusiness(as, (scope) => changeMember(scope, { personId, role }));
const remove = (as: Member, personId: string) =>
	withBusiness(as, (scope) => removeMember(scope, { personId }));
const lettersTo = async (address: string) => {
	await jobs.settle();
	const letters = await withSystem('test', (scope) => listMails(scope, 50));
	return letters.filter(({ to }) => to === address);
};
const tokenIn = (text = '') => /\/password\/([\w-]+)/.exec(text)?.[1] ?? '';

describe('inviting', () => {
	it('makes a new person a member at once, and posts a link that lets them in', async () => {
		const { personId } = await inviteMember(mavuno, {
			email: 'halima@mavuno.example',
			name: 'Halima Yusuf',
			role: 'billing'
		});
		expect(await list(mavuno)).toContainEqual(
			expect.objectContaining({ personId, role: 'billing', hasPassword: false })
		);
		const [letter, ...rest] = await lettersTo('halima@mavuno.example');
		expect(rest).toEqual([]);
		expect(letter?.subject).toBe('Wanjiku Kamau invites you to Mavuno Traders Ltd');
		const started = await setPassword(
			{
				token: tokenIn(letter?.body),
				newPassword: 'sorghum and sunflower',
				address: '10.3.0.1'
			},
			async () => mavuno.businessId
		);
		expect(started.personId).toBe(personId);
		expect((await list(mavuno)).find((member) => member.personId === personId)?.hasPassword).toBe(
			true
		);
	});

	it('makes somebody who has an account a member, under their own name and without a link', async () => {
		const { id } = await withSystem('test', (scope) =>
			createPerson(scope, {
				email: 'Grace@elsewhere.example',
				name: 'Grace Njeri',
				password: 'maize flour, forty bags'
			})
		);
		const invited = await inviteMember(mavuno, {
			email: 'grace@elsewhere.example',
			name: 'Somebody else',
			role: 'member'
		});
		expect(invited.personId).toBe(id);
		expect(await list(mavuno)).toContainEqual(
			expect.objectContaining({ personId: id, name: 'Grace Njeri' })
		);
		const [letter] = await lettersTo('Grace@elsewhere.example');
		expect(letter?.body).toContain('/login');
		expect(tokenIn(letter?.body)).toBe('');
	});

	it('refuses who is there already, and the vendor’s staff', async () => {
		await withSystem('test', (scope) =>
			createPerson(scope, {
				email: 'agent@lixnet.example',
				name: 'Brian Kiptoo',
				password: null,
				staff: true
			})
		);
		const invite = (email: string) => inviteMember(mavuno, { email, name: 'X', role: 'member' });
		await expect(invite('OTIENO@mavuno.example')).rejects.toMatchObject({ code: 'member_already' });
		await expect(invite('agent@lixnet.example')).rejects.toMatchObject({ code: 'vendor_staff' });
	});

	it('is for owners and admins, and only an owner makes an owner', async () => {
		const invite = (as: Member, role: Role) =>
			inviteMember(as, { email: `${role}-by-${as.role}@mavuno.example`, name: 'New', role });
		await expect(invite(otieno, 'member')).rejects.toBeInstanceOf(Forbidden);
		await expect(invite(admin, 'owner')).rejects.toBeInstanceOf(Invalid);
		expect(await invite(admin, 'admin')).toHaveProperty('personId');
		expect(await invite(mavuno, 'owner')).toHaveProperty('personId');
		// What was refused left nobody behind.
		expect(await lettersTo('owner-by-admin@mavuno.example')).toEqual([]);
	});

	it('goes out again to who has set no password, and to nobody of another business', async () => {
		const { personId } = await inviteMember(pwani, {
			email: 'said@pwani.example',
			name: 'Said Ali',
			role: 'member'
		});
		await expect(inviteAgain(mavuno, { personId })).rejects.toBeInstanceOf(NotFound);
		await inviteAgain(pwani, { personId });
		const letters = await lettersTo('said@pwani.example');
		expect(letters).toHaveLength(2);
		await setPassword(
			{
				token: tokenIn(letters[0]?.body),
				newPassword: 'sorghum and sunflower',
				address: '10.3.0.2'
			},
			async () => null
		);
		await expect(inviteAgain(pwani, { personId })).rejects.toMatchObject({ code: 'has_password' });
	});
});

describe('changing and removing members', () => {
	it('is for owners and admins, of their own business', async () => {
		await expect(change(otieno, admin.personId, 'member')).rejects.toBeInstanceOf(Forbidden);
		await expect(remove(otieno, admin.personId)).rejects.toBeInstanceOf(Forbidden);
		await expect(change(pwani, otieno.personId, 'admin')).rejects.toBeInstanceOf(NotFound);
		await expect(remove(pwani, otieno.personId)).rejects.toBeInstanceOf(NotFound);
		await change(admin, otieno.personId, 'billing');
		expect(await roleOf(mavuno, otieno.personId)).toBe('billing');
	});

	it('leaves owners to owners, and oneself to others', async () => {
		await expect(change(admin, mavuno.personId, 'member')).rejects.toBeInstanceOf(Forbidden);
		await expect(remove(admin, mavuno.personId)).rejects.toBeInstanceOf(Forbidden);
		await expect(change(admin, otieno.personId, 'owner')).rejects.toBeInstanceOf(Invalid);
		await expect(remove(mavuno, mavuno.personId)).rejects.toMatchObject({ code: 'member_self' });
		await expect(change(pwani, pwani.personId, 'member')).rejects.toBeInstanceOf(Conflict);
	});

	it('keeps an owner when two remove each other at the same moment', async () => {
		const second = await createMember(
			pwani.businessId,
			'Omar Bakari',
			'omar@pwani.example',
			'owner'
		);
		const outcomes = await Promise.allSettled([
			remove(pwani, second.personId),
			remove(second, pwani.personId)
		]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		const left = outcomes[0].status === 'fulfilled' ? pwani : second;
		expect((await list(left)).filter(({ role }) => role === 'owner')).toHaveLength(1);
	});

	it('ends the sessions of who was removed', async () => {
		const { personId } = await inviteMember(mavuno, {
			email: 'short@mavuno.example',
			name: 'Short Stay',
			role: 'member'
		});
		const [letter] = await lettersTo('short@mavuno.example');
		await setPassword(
			{
				token: tokenIn(letter?.body),
				newPassword: 'sorghum and sunflower',
				address: '10.3.0.3'
			},
			async () => mavuno.businessId
		);
		expect(await listOwnSessions({ personId })).toHaveLength(1);
		await remove(mavuno, personId);
		expect(await roleOf(mavuno, personId)).toBeUndefined();
		await jobs.settle();
		expect(await listOwnSessions({ personId })).toEqual([]);
	});
});

describe('the business', () => {
	it('is renamed and moved to another zone by owners and admins, and no other business with it', async () => {
		const input = { name: 'Mavuno Holdings Ltd', timeZone: 'Africa/Kampala' };
		const rename = (as: Member) => withBusiness(as, (scope) => changeBusiness(scope, input));
		await expect(rename(otieno)).rejects.toBeInstanceOf(Forbidden);
		await rename(admin);
		const read = (as: Member) => withBusiness(as, (scope) => readBusiness(scope, {}));
		expect(await read(mavuno)).toMatchObject(input);
		expect(await read(pwani)).toMatchObject({ name: 'Pwani Farmers Co-operative' });
	});

	it('refuses an empty name and a zone that does not exist', async () => {
		const fields = await withBusiness(mavuno, (scope) =>
			changeBusiness(scope, { name: ' ', timeZone: 'Africa/Atlantis' }).then(
				() => [],
				(failure: Invalid) => failure.issues.map(({ path }) => path)
			)
		);
		expect(fields).toEqual(['name', 'timeZone']);
	});

	it('is counted with its members for staff and jobs, not for a member', async () => {
		const counts = await withSystem('test', (scope) => countMembersOfAll(scope, {}));
		expect(counts.find(({ businessId }) => businessId === mavuno.businessId)?.count).toBe(
			(await list(mavuno)).length
		);
		await expect(
			withBusiness(mavuno, (scope) => countMembersOfAll(scope, {}))
		).rejects.toBeInstanceOf(Forbidden);
	});
});
