import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sampleProducts, type SampleProduct } from './catalogue.ts';
import { erp } from './erp/application.ts';
import type { Application } from './framework/application.ts';
import { openBooks } from './framework/books.ts';
import { Exports } from './framework/exports.ts';
import { connectPortal } from './framework/portal.ts';
import { createReports } from './framework/reports.ts';
import { createProduct } from './framework/server.ts';
import { Sessions } from './framework/sessions.ts';
import { createSignIn } from './framework/sign-in.ts';
import { Standings } from './framework/standings.ts';
import { createWebhooks } from './framework/webhooks.ts';
import { startWork } from './framework/work.ts';
import { payroll } from './payroll/application.ts';
import { sacco } from './sacco/application.ts';
import { readSettings, type Settings } from './settings.ts';

// node examples/products/main.ts <erp | sacco | payroll>, with its settings in the environment (README.md).
const applications = { erp, sacco, payroll };
const slug = process.argv[2] ?? '';

try {
	const declared = sampleProducts.find((product) => product.slug === slug);
	if (!declared) throw new Error(`Say which product: ${Object.keys(applications).join(', ')}.`);
	run(applications[declared.slug] as Application<unknown>, declared, readSettings(process.env));
} catch (error) {
	console.error((error as Error).message);
	process.exit(1);
}

function run(application: Application<unknown>, declared: SampleProduct, settings: Settings): void {
	const { folder, origin, portalUrl, port } = settings;
	if (folder) mkdirSync(folder, { recursive: true });
	const books = openBooks(application, folder && join(folder, `${application.slug}.json`));
	for (const customer of settings.customers) {
		books.of(customer, customer.count);
		if (customer.bytes !== undefined) books.holds(customer, customer.bytes);
	}
	const portal = connectPortal({
		url: portalUrl,
		key: settings.apiKey,
		webhookSecret: settings.webhookSecret,
		source: origin,
		file: folder && join(folder, `${application.slug}.queue`)
	});
	const { roles, places, exports: kinds } = declared;
	portal.declare({ roles, places, exports: kinds });

	const known = new Set(roles.map((role) => role.slug));
	const usual = roles.find((role) => role.default)?.slug ?? '';
	// A role that is not ours, such as one of an earlier release, is as good as no word about it.
	const roleOf = (claimed: string): string => (known.has(claimed) ? claimed : usual);

	const reports = createReports(application, portal);
	const sessions = new Sessions();
	const standings = new Standings(portal.readStanding, (businessId, people, asOf) => {
		const following = people.map(({ id, role }) => ({ id, role: roleOf(role) }));
		sessions.follow(businessId, following, asOf);
	});
	const exports = new Exports({ application, books, kinds, report: portal.reportExport, folder });
	const webhooks = createWebhooks({
		verify: portal.verifyWebhook,
		refresh: (businessId) => standings.refresh(businessId),
		ask: (business, kind, asked) => void exports.ask(business, kind, asked)
	});
	const signIn = createSignIn({
		issuer: `${portalUrl}/oidc`,
		clientId: settings.clientId,
		clientSecret: settings.clientSecret,
		origin,
		roleOf
	});
	const server = createProduct({
		application,
		declared,
		books,
		exports,
		reports,
		sessions,
		signIn,
		standings,
		webhooks,
		origin,
		portalUrl
	});
	server.on('error', (error) => {
		console.error(`${application.name} cannot listen on port ${port}: ${error.message}`);
		process.exit(1);
	});
	server.listen(port, () => console.log(`${application.name} serves at ${origin}`));
	const standingOf = (businessId: string) => standings.of(businessId);
	const work = settings.works
		? startWork(application, { books, reports, standingOf }, settings.customers)
		: null;

	let stopping = false;
	const stop = async (): Promise<void> => {
		if (stopping) return;
		stopping = true;
		work?.stop();
		server.close();
		server.closeIdleConnections();
		await Promise.all([portal.close(), books.saved()]);
		exports.close();
		process.exit(0);
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
	// Started by a supervisor: when it is gone, nobody else would end us.
	if (process.connected) process.on('disconnect', () => void stop());
}
