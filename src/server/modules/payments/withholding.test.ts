import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBusiness, withSystem } from '#server/platform/doors.ts';
import { NotFound } from '#server/platform/errors.ts';
import type { Member, Scope, System } from '#server/platform/scope.ts';
import {
	createMember,
	createTwoBusinesses,
	type TwoBusinesses
} from '../../../../tests/setup/businesses.ts';
import { payInvoice, readBooks } from '../../../../tests/setup/payments.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { issueInvoice, readInvoice, saveSeller } from '../billing/index.ts';
import { readBalances, verifyLedger } from '../ledger/index.ts';
import {
	claimCertificate,
	confirmClaim,
	listClaims,
	listOpenClaims,
	readCredit,
	recordCertificate,
	refuseClaim,
	reverseCertificate
} from './index.ts';
import { greatestWithheld, usuallyWithheld } from './withholding.ts';

describe('what can be withheld', () => {
	// Tax Procedures Act, 2015, section 42A: 2 % of the taxable value.
	it.each([
		[1_850_000n, 2, 37_000n, 37_000n],
		[100n, 2, 2n, 100n],
		[1_234_567n, 2, 24_691n, 24_700n],
		[0n, 2, 0n, 0n],
		[18_500n, 0, 370n, 370n],
		[18_501n, 0, 370n, 371n]
	])('of %d with %d digits is usually %d, at most %d', (taxable, digits, usual, most) => {
		expect(usuallyWithheld(taxable)).toBe(usual);
		expect(greatestWithheld(taxable, digits)).toBe(most);
	});

	it('is a whole unit more for each further certificate, since each may be rounded up', () => {
		expect(greatestWithheld(1_234_567n, 2, 3)).toBe(24_900n);
	});
});

let runtime: TestRuntime;
let mavuno: TwoBusinesses['mavuno'];
let pwani: TwoBusinesses['pwani'];

const system = <R>(work: (scope: Scope<System>) => Promise<R>): Promise<R> =>
	withSystem('test', work);

/** An invoice of KES 1,000.00 and 16 % of it. */
const issue = (as: Member, unitMinor = '100000') =>
	system((scope) =>
		issueInvoice(scope, {
			businessId: as.businessId,
			issuedOn: '2026-11-01',
			dueOn: '2026-11-30',
			currency: 'KES',
			lines: [{ description: 'ERP System', quantity: '1', unitMinor }]
		})
	);

const certify = (
	as: Member,
	number: string,
	amountMinor: bigint,
	invoices: { number: string; amountMinor?: bigint }[],
	certifiedOn = '2026-11-22'
) =>
	system((scope) =>
		recordCertificate(scope, {
			businessId: as.businessId,
			number,
			certifiedOn,
			amountMinor,
			invoices
		})
	);

const reverse = (as: Member, number: string, reversedOn = '2026-11-25') =>
	system((scope) =>
		reverseCertificate(scope, {
			businessId: as.businessId,
			number,
			reason: 'Of another business',
			reversedOn
		})
	);

const read = (number: string, as = mavuno) =>
	withBusiness(as, (scope) => readInvoice(scope, { number }));
const pay = (as: Member, number: string, amountMinor: bigint) =>
	system((scope) =>
		payInvoice(scope, {
			businessId: as.businessId,
			number,
			amountMinor,
			currency: 'KES',
			method: 'bank',
			reference: `FT ${number} ${amountMinor}`,
			receivedOn: '2026-11-20'
		})
	);

beforeAll(async () => {
	runtime = await startTestRuntime();
	({ mavuno, pwani } = await createTwoBusinesses());
	await system((scope) =>
		saveSeller(scope, { name: 'Lixnet Ltd', address: ['Nairobi'], taxPin: 'P051930264T' })
	);
});
afterAll(async () => {
	expect((await system((scope) => verifyLedger(scope, readBooks))).disagreements).toEqual([]);
	await runtime.stop();
});

describe('a certificate', () => {
	it('settles its part of an invoice, by an account of its own', async () => {
		const { number } = await issue(mavuno);
		await pay(mavuno, number, 114_000n);
		expect(await certify(mavuno, 'WHV 001', 2_000n, [{ number }])).toMatchObject({
			allocations: [{ number, amountMinor: 2_000n, settled: true }],
			creditMinor: 0n
		});
		expect(await read(number)).toMatchObject({
			status: 'paid',
			paidOn: '2026-11-22',
			settlements: [
				{ source: 'payment' },
				{ source: 'withholding', reference: 'WHV 001', amountMinor: 2_000n }
			]
		});
		const balances = await withBusiness(mavuno, (scope) => readBalances(scope, {}));
		expect(balances.find(({ account }) => account === 'withholding')?.amountMinor).toBe(2_000n);
	});

	it('is spread over several invoices by what was taxed, or as it says', async () => {
		const one = await issue(mavuno, '100000');
		const three = await issue(mavuno, '300000');
		expect(
			await certify(mavuno, 'WHV-002', 8_000n, [{ number: one.number }, { number: three.number }])
		).toMatchObject({ allocations: [{ amountMinor: 2_000n }, { amountMinor: 6_000n }] });
		const other = await issue(mavuno, '100000');
		const another = await issue(mavuno, '300000');
		const parts = [
			{ number: other.number, amountMinor: 1_500n },
			{ number: another.number, amountMinor: 6_000n }
		];
		await expect(certify(mavuno, 'WHV-003', 8_000n, parts)).rejects.toMatchObject({
			issues: [{ path: 'invoices' }]
		});
		expect(await certify(mavuno, 'WHV-003', 7_500n, parts)).toMatchObject({
			allocations: [{ amountMinor: 1_500n }, { amountMinor: 6_000n }]
		});
	});

	it('is credit where the invoice was paid whole already', async () => {
		const { number } = await issue(pwani);
		await pay(pwani, number, 115_000n);
		expect(await certify(pwani, 'WHV-010', 2_000n, [{ number }])).toMatchObject({
			allocations: [{ amountMinor: 1_000n, settled: true }],
			creditMinor: 1_000n
		});
		expect(await withBusiness(pwani, (scope) => readCredit(scope, {}))).toEqual([
			{ currency: 'KES', amountMinor: 1_000n }
		]);
	});

	it('is refused twice, beyond two per cent, of another business, ahead of its day', async () => {
		const { number } = await issue(mavuno);
		await certify(mavuno, 'WHV-004', 1_500n, [{ number }]);
		await expect(certify(mavuno, 'whv-004', 1n, [{ number }])).rejects.toMatchObject({
			code: 'certificate_known'
		});
		// Together at most 2 %, and a shilling for the rounding of the second.
		await expect(certify(mavuno, 'WHV-005', 601n, [{ number }])).rejects.toMatchObject({
			issues: [{ path: 'amountMinor', message: expect.stringContaining('6.00 more') as string }]
		});
		await certify(mavuno, 'WHV-005', 600n, [{ number }]);
		await expect(certify(pwani, 'WHV-006', 1n, [{ number }])).rejects.toBeInstanceOf(NotFound);
		await expect(certify(mavuno, 'WHV-007', 1n, [{ number }], '2027-01-01')).rejects.toMatchObject({
			issues: [{ path: 'certifiedOn' }]
		});
		const tries = await Promise.allSettled([
			certify(pwani, 'WHV-RACE', 100n, [{ number: (await issue(pwani)).number }]),
			certify(pwani, 'WHV-RACE', 100n, [{ number: (await issue(pwani)).number }])
		]);
		expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	});
});

describe('a claim', () => {
	const claim = (as: Member, invoice: string, number: string, amountMinor = 2_000n) =>
		withBusiness(as, (scope) =>
			claimCertificate(scope, { invoice, number, certifiedOn: '2026-11-22', amountMinor })
		);
	const claims = (as: Member, invoice: string) =>
		withBusiness(as, (scope) => listClaims(scope, { invoice }));

	it('settles nothing until the vendor has confirmed it', async () => {
		const { number } = await issue(mavuno);
		const { id } = await claim(mavuno, number, 'WHV-100');
		expect(await read(number)).toMatchObject({ paidMinor: 0n });
		expect(await claims(mavuno, number)).toMatchObject([
			{ id, outcome: null, claimedBy: 'Wanjiku Kamau', amountMinor: 2_000n }
		]);
		expect(await system((scope) => listOpenClaims(scope, {}))).toMatchObject([{ id }]);
		await system((scope) => confirmClaim(scope, { businessId: mavuno.businessId, id }));
		expect(await read(number)).toMatchObject({ paidMinor: 2_000n });
		expect(await claims(mavuno, number)).toMatchObject([{ outcome: 'confirmed' }]);
		expect(await system((scope) => listOpenClaims(scope, {}))).toEqual([]);
		await expect(
			system((scope) => confirmClaim(scope, { businessId: mavuno.businessId, id }))
		).rejects.toMatchObject({ code: 'claim_settled' });
	});

	it('of one certificate for several invoices is confirmed with the others', async () => {
		const [one, other] = [await issue(mavuno), await issue(mavuno)];
		const { id } = await claim(mavuno, one.number, 'WHV-200');
		await claim(mavuno, other.number, 'whv 200'.replace(' ', '-'));
		await system((scope) => confirmClaim(scope, { businessId: mavuno.businessId, id }));
		expect(await read(one.number)).toMatchObject({ paidMinor: 2_000n });
		expect(await read(other.number)).toMatchObject({ paidMinor: 2_000n });
	});

	it('that is refused says why, and may be made again', async () => {
		const { number } = await issue(mavuno);
		const { id } = await claim(mavuno, number, 'WHV-300');
		await expect(claim(mavuno, number, 'whv-300')).rejects.toMatchObject({
			code: 'certificate_known'
		});
		await system((scope) =>
			refuseClaim(scope, {
				businessId: mavuno.businessId,
				id,
				reason: 'The tax authority does not know it'
			})
		);
		expect(await claims(mavuno, number)).toMatchObject([
			{ outcome: 'refused', reason: 'The tax authority does not know it' }
		]);
		await claim(mavuno, number, 'WHV-300');
		// What the vendor records by itself needs no further look.
		await certify(mavuno, 'WHV-300', 2_000n, [{ number }]);
		expect((await claims(mavuno, number)).map(({ outcome }) => outcome).sort()).toEqual([
			'confirmed',
			'refused'
		]);
	});

	it('waits again when its certificate is taken back', async () => {
		const { number } = await issue(mavuno);
		const { id } = await claim(mavuno, number, 'WHV-350');
		await system((scope) => confirmClaim(scope, { businessId: mavuno.businessId, id }));
		await reverse(mavuno, 'WHV-350');
		expect(await claims(mavuno, number)).toMatchObject([{ id, outcome: null }]);
		await system((scope) => confirmClaim(scope, { businessId: mavuno.businessId, id }));
		expect((await read(number)).settlements).toHaveLength(3);
	});

	it('is for one’s own invoice, by those who see money, and no more than can be withheld', async () => {
		const { number } = await issue(mavuno);
		await expect(claim(pwani, number, 'WHV-400')).rejects.toBeInstanceOf(NotFound);
		await expect(claim(mavuno, number, 'WHV-400', 2_001n)).rejects.toMatchObject({
			issues: [{ path: 'amountMinor' }]
		});
		const otieno = await createMember(mavuno.businessId, 'Otieno', 'o@mavuno.example', 'member');
		await expect(claim(otieno, number, 'WHV-400')).rejects.toMatchObject({ code: 'forbidden' });
		const { id } = await claim(mavuno, number, 'WHV-400');
		expect(await claims(pwani, number)).toEqual([]);
		await expect(
			system((scope) => confirmClaim(scope, { businessId: pwani.businessId, id }))
		).rejects.toBeInstanceOf(NotFound);
	});
});

describe('a certificate that was counted by mistake', () => {
	it('is taken back: what it settled is owed again, and it may be counted anew', async () => {
		const { number } = await issue(mavuno);
		await pay(mavuno, number, 114_000n);
		await certify(mavuno, 'WHV-90', 2_000n, [{ number }]);
		expect(await read(number)).toMatchObject({ status: 'paid' });

		await expect(reverse(pwani, 'WHV-90')).rejects.toBeInstanceOf(NotFound);
		await expect(reverse(mavuno, 'WHV-90', '2026-11-21')).rejects.toMatchObject({
			issues: [{ path: 'reversedOn' }]
		});
		await reverse(mavuno, 'WHV-90');
		expect(await read(number)).toMatchObject({ status: 'open', paidMinor: 114_000n, paidOn: null });
		await expect(reverse(mavuno, 'WHV-90')).rejects.toBeInstanceOf(NotFound);

		// All of the two per cent can be certified again, by the same certificate.
		await certify(mavuno, 'WHV-90', 2_000n, [{ number }]);
		expect(await read(number)).toMatchObject({ status: 'paid' });
	});

	it('takes the credit back that it left', async () => {
		const credit = () => withBusiness(pwani, (scope) => readCredit(scope, {}));
		const before = await credit();
		const { number } = await issue(pwani);
		await pay(pwani, number, 116_000n);
		await certify(pwani, 'WHV-91', 2_000n, [{ number }]);
		expect((await credit())[0]?.amountMinor).toBe((before[0]?.amountMinor ?? 0n) + 2_000n);
		await reverse(pwani, 'WHV-91');
		expect(await credit()).toEqual(before);
		expect(await read(number, pwani)).toMatchObject({ status: 'paid' });
	});
});
