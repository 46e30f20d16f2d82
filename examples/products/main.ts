import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { erp } from './erp/application.ts';
import { openBooks } from './framework/books.ts';
import type { Application } from './framework/application.ts';
import { createReports } from './framework/reports.ts';
import { createProduct } from './framework/server.ts';
import { createSignIn } from './framework/sign-in.ts';
import { startWork } from './framework/work.ts';
import { payroll } from './payroll/application.ts';
import { sacco } from './sacco/application.ts';
import { readSettings, type Settings } from './settings.ts';

// node examples/products/main.ts <erp | sacco | payroll>, with its settings in the environment (README.md).
const applications = { erp, sacco, payroll };
const slug = process.argv[2] ?? '';

try {
	if (!(slug in applications))
		throw new Error(`Say which product: ${Object.keys(applications).join(', ')}.`);
	run(
		applications[slug as keyof typeof applications] as Application<unknown>,
		readSettings(process.env)
	);
} catch (error) {
	console.error((error as Error).message);
	process.exit(1);
}

function run(application: Application<unknown>, settings: Settings): void {
	const { folder, origin, portalUrl, port } = settings;
	if (folder) mkdirSync(folder, { recursive: true });
	const books = openBooks(application, folder && join(folder, `${application.slug}.json`));
	for (const customer of settings.customers) books.of(customer, customer.count);
	const reports = createReports(application, {
		portalUrl,
		key: settings.apiKey,
		origin,
		file: folder && join(folder, `${application.slug}.queue`)
	});
	const signIn = createSignIn({
		issuer: `${portalUrl}/oidc`,
		clientId: settings.clientId,
		clientSecret: settings.clientSecret,
		origin
	});
	const server = createProduct({ application, books, reports, signIn, origin, portalUrl });
	server.on('error', (error) => {
		console.error(`${application.name} cannot listen on port ${port}: ${error.message}`);
		process.exit(1);
	});
	server.listen(port, () => console.log(`${application.name} serves at ${origin}`));
	const work = settings.works
		? startWork(application, { books, reports }, settings.customers)
		: null;

	let stopping = false;
	const stop = async (): Promise<void> => {
		if (stopping) return;
		stopping = true;
		work?.stop();
		server.close();
		server.closeIdleConnections();
		await Promise.all([reports.close(), books.saved()]);
		process.exit(0);
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
	// Started by a supervisor: when it is gone, nobody else would end us.
	if (process.connected) process.on('disconnect', () => void stop());
}
