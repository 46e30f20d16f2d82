import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSystem } from '#server/platform/doors.ts';
import { installJobs, startJobs, type RunningJobs } from '#server/platform/jobs.ts';
import { makeAttachment, type Attachment } from '#server/platform/mail-attachments.ts';
import { createMember, createTwoBusinesses } from '../../../../tests/setup/businesses.ts';
import { readPdf } from '../../../../tests/setup/pdf.ts';
import { startTestRuntime, type TestRuntime } from '../../../../tests/setup/runtime.ts';
import { issueInvoice, saveSeller } from '../billing/index.ts';
import type { Receipt } from './archive.ts';
import { recordPayment, printReceipt } from './index.ts';

function receipt(changed: Partial<Receipt> = {}): Receipt {
	return {
		id: 'pay_1',
		number: 'RCT-2026-0012',
		method: 'bank',
		reference: 'FT26325ABC',
		payer: null,
		receivedOn: '2026-11-20',
		currency: 'KES',
		amountMinor: 5_000_000n,
		creditMinor: 241_100n,
		reversedOn: null,
		reversalReason: null,
		allocations: [
			{ invoiceNumber: 'INV-2026-0386', amountMinor: 109_660n },
			{ invoiceNumber: 'INV-2026-0387', amountMinor: 4_649_240n }
		],
		seller: { name: 'Lixnet Ltd', address: ['Westlands', 'Nairobi'], taxPin: 'P051930264T' },
		customer: { name: 'Mavuno Traders Ltd', address: ['Nakuru'], taxPin: 'P051230001A' },
		...changed
	};
}

const printed = async (changed?: Partial<Receipt>, language: 'en' | 'sw' = 'en') =>
	readPdf(await printReceipt(receipt(changed), language));

describe('a receipt on paper', () => {
	it('is A4, tagged, and says what came, how, from whom and what it paid', async () => {
		const { sizes, tagged, parts, language, title, pages } = await printed();
		expect(sizes.map((size) => size.map(Math.round))).toEqual([[595, 842]]);
		expect(tagged).toBe(true);
		expect(parts.get('H1')).toBe(1);
		expect(parts.get('TH')).toBe(2);
		expect(language).toBe('en-KE');
		expect(title).toBe('Receipt RCT-2026-0012');
		const words = pages[0]?.split('\n') ?? [];
		for (const told of [
			'RCT-2026-0012',
			'Lixnet Ltd',
			'Mavuno Traders Ltd',
			'KRA PIN P051230001A',
			'20 Nov 2026',
			'Bank transfer',
			'FT26325ABC',
			'INV-2026-0386',
			'1,096.60',
			'INV-2026-0387',
			'46,492.40',
			'Your credit',
			'2,411.00'
		])
			expect(words).toContain(told);
		expect(pages[0]).toContain('KES 50,000.00');
		expect(pages[0]).toContain('Thank you for your payment.');
		expect(pages[0]).not.toMatch(/null|undefined|Sent by/);
	});

	it('says that it does not hold where the payment was taken back', async () => {
		const { pages } = await printed({ reversedOn: '2026-11-24', reversalReason: 'Bounced' });
		expect(pages[0]).toContain('24 Nov 2026');
		expect(pages[0]).toContain('not valid');
		expect(pages[0]).not.toContain('Thank you');
	});

	it('is printed in Swahili too, and in the digits of the currency', async () => {
		const { pages, language } = await printed(
			{
				currency: 'UGX',
				amountMinor: 21_460n,
				creditMinor: 0n,
				payer: 'Duka Ltd',
				allocations: []
			},
			'sw'
		);
		expect(language).toBe('sw-KE');
		expect(pages[0]).toContain('Stakabadhi');
		expect(pages[0]).toContain('UGX 21,460');
		expect(pages[0]).toContain('Duka Ltd');
	});

	it('sets what is written as it is written, and the same to the byte each time', async () => {
		const name = '#panic("here") *strong* $x$ @ref';
		const { pages } = await printed({ customer: { name, address: [], taxPin: null } });
		const together = (text: string): string => text.replace(/[\s\u200b\ufffd]/g, '');
		expect(together(pages.join(''))).toContain(together(name));
		const [one, other] = await Promise.all([
			printReceipt(receipt(), 'en'),
			printReceipt(receipt(), 'en')
		]);
		expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
	});
});

describe('the mail with a receipt', () => {
	let runtime: TestRuntime;
	let jobs: RunningJobs;
	beforeAll(async () => {
		runtime = await startTestRuntime();
		await installJobs(runtime.connection);
		jobs = await startJobs({ pollingSeconds: 0.5 });
	});
	afterAll(async () => {
		await jobs.stop();
		await runtime.stop();
	});

	it('goes to those who answer for the money of the business, and nobody else', async () => {
		const { mavuno } = await createTwoBusinesses();
		await createMember(mavuno.businessId, 'Otieno Ouma', 'otieno@mavuno.example', 'member');
		await createMember(mavuno.businessId, 'Halima Yusuf', 'halima@mavuno.example', 'billing');
		const { number } = await withSystem('test', async (scope) => {
			await saveSeller(scope, { name: 'Lixnet Ltd', address: [], taxPin: 'P051930264T' });
			await issueInvoice(scope, {
				businessId: mavuno.businessId,
				issuedOn: '2026-11-01',
				dueOn: '2026-11-30',
				currency: 'KES',
				lines: [{ description: 'ERP', quantity: '1', unitMinor: '10000' }]
			});
			return recordPayment(scope, {
				businessId: mavuno.businessId,
				method: 'bank',
				reference: 'FT-1',
				amountMinor: 12_000n,
				currency: 'KES',
				receivedOn: '2026-11-25'
			});
		});
		await jobs.settle();
		const letters = await withSystem('test', ({ db }) =>
			db
				.selectFrom('platform.mails')
				.select(['recipient', 'subject', 'body', 'attachments'])
				.where('subject', 'like', 'Receipt%')
				.orderBy('recipient')
				.execute()
		);
		expect(letters.map(({ recipient }) => recipient)).toEqual([
			'halima@mavuno.example',
			'wanjiku@mavuno.example'
		]);
		const [letter] = letters;
		expect(letter?.subject).toBe(`Receipt ${number}: KES 120.00`);
		expect(letter?.body).toContain('Your credit: KES 4.00');
		expect(letter?.body).toContain(`/billing/payments/${number}`);
		const [file] = letter?.attachments as unknown as Attachment[];
		if (!file) throw new Error('There is no attachment.');
		const { name, bytes } = await makeAttachment(file);
		expect(name).toBe(`${number}.pdf`);
		expect(readPdf(bytes).pages[0]).toContain(number);
	});
});
