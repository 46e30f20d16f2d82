import { Option, type Command } from 'commander';
import {
	listProducts,
	listProductStates,
	planMaintenance,
	renewClientSecret,
	reportProductState,
	restoreProduct,
	saveProduct,
	setWebhook,
	suspendedModes,
	usageSuspensions,
	type SuspendedMode,
	type UsageSuspension
} from '#server/modules/catalogue/index.ts';
import { withSystem } from '#server/platform/doors.ts';
import { Invalid } from '#server/platform/errors.ts';
import { onPortal, several, tell, tellTable, wholeNumber } from './command.ts';

interface SaveOptions {
	slug: string;
	name?: string;
	summary?: string;
	position?: number;
	headlineMeter?: string;
	headlineLabel?: string;
	loginUrl?: string;
	redirectUrl?: string[];
	postLogoutUrl?: string[];
	logoutUrl?: string;
	frontchannelLogoutUrl?: string;
	suspended?: SuspendedMode;
	noticeDays?: number;
	usageSuspension?: UsageSuspension | 'off';
	supportEmail?: string;
	supportPhone?: string;
	resource?: string[];
	secret: boolean;
}

interface StateOptions {
	message?: string;
	until?: string;
}

export function addProduct(program: Command): void {
	const product = program
		.command('product')
		.description('The software that is opened from the portal.');
	addSave(product);
	product
		.command('list')
		.description('Every product: its slug, client id, name and how it stands.')
		.action(() => onPortal(listAll));
	product
		.command('state')
		.description('Say that a product works badly, or not at all.')
		.argument('<slug>', 'the product, such as erp')
		.addArgument(program.createArgument('<state>').choices(['degraded', 'outage']))
		.option('--message <words>', 'what people are told of it')
		.option('--until <time>', 'when it should work again, such as 2026-11-30T22:00 in Nairobi')
		.action((slug: string, state: 'degraded' | 'outage', options: StateOptions) =>
			onPortal(async () => {
				const { message, until: expectedUntil } = options;
				await withSystem('evolve product state', (scope) =>
					reportProductState(scope, { product: slug, state, message, expectedUntil })
				);
			})
		);
	product
		.command('maintenance')
		.description('Plan a time at which a product will not work.')
		.argument('<slug>', 'the product, such as erp')
		.requiredOption(
			'--from <time>',
			'when it begins, such as 2026-11-30T22:00 in Nairobi, or with an offset of its own'
		)
		.requiredOption('--until <time>', 'when it is over')
		.option('--message <words>', 'what people are told of it')
		.action((slug: string, options: { from: string; until: string; message?: string }) =>
			onPortal(async () => {
				await withSystem('evolve product maintenance', (scope) =>
					planMaintenance(scope, { product: slug, ...options })
				);
			})
		);
	product
		.command('restore')
		.description('Say that a product works again. What is planned stays planned.')
		.argument('<slug>', 'the product, such as erp')
		.action((slug: string) =>
			onPortal(async () => {
				const { ended } = await withSystem('evolve product restore', (scope) =>
					restoreProduct(scope, { product: slug })
				);
				if (ended === 0) console.error('Nothing was wrong with it.');
			})
		);
	addWebhook(product);
}

function addSave(product: Command): void {
	product
		.command('save')
		.description(
			'Add a product, or change the one there is: what is not given stays. Shows the client id.'
		)
		.requiredOption('--slug <slug>', 'its name in addresses, for good, such as crm')
		.option('--name <name>', 'what it is called; needed for a new one')
		.option('--summary <words>', 'one line on what it is for')
		.option('--position <number>', 'its place; a new one comes last', wholeNumber)
		.option('--headline-meter <slug>', 'the meter whose latest value stands on its card')
		.option('--headline-label <word>', 'the word under that value')
		.option('--login-url <address>', 'where a launch begins')
		.option(
			'--redirect-url <address>',
			'where a sign-in ends, letter for letter; give it again for more, or empty for none',
			several
		)
		.option('--post-logout-url <address>', 'where a sign-out ends; likewise', several)
		.option('--logout-url <address>', 'where it takes back-channel logout tokens')
		.option('--frontchannel-logout-url <address>', 'what a browser loads at sign-out')
		.addOption(
			new Option('--suspended <mode>', 'what is left while a subscription is suspended').choices(
				suspendedModes
			)
		)
		.option('--notice-days <days>', 'days before a suspended one closes', wholeNumber)
		.addOption(
			new Option(
				'--usage-suspension <mode>',
				'what is left once a limit is reached that a customer lets suspend it; off allows none'
			).choices(['off', ...usageSuspensions])
		)
		.option('--support-email <address>', 'whom customers ask about it')
		.option('--support-phone <number>', 'whom customers call about it')
		.option('--resource <label=address>', 'a guide or download; give it again for more', several)
		.option('--secret', 'make a client secret, in place of the one before, and show it', false)
		.addHelpText('after', '\nAn empty value takes away what was there: --support-phone ""')
		.action(({ secret, ...options }: SaveOptions) =>
			onPortal(async () => {
				const saved = await withSystem('evolve product save', async (scope) => ({
					...(await saveProduct(scope, toInput(options))),
					...(secret ? await renewClientSecret(scope, { product: options.slug }) : {})
				}));
				tell(saved.id);
				if (saved.secret === undefined) return;
				console.error('The client secret follows. It is shown this once:');
				tell(saved.secret);
			})
		);
}

function toInput(options: Omit<SaveOptions, 'secret'>): Parameters<typeof saveProduct>[1] {
	const { suspended, noticeDays, redirectUrl, postLogoutUrl, resource, ...rest } = options;
	const { headlineMeter, headlineLabel, loginUrl, logoutUrl, ...others } = rest;
	const { frontchannelLogoutUrl, supportEmail, supportPhone, usageSuspension, ...plain } = others;
	return {
		...plain,
		headlineMeter: orNothing(headlineMeter),
		headlineLabel: orNothing(headlineLabel),
		loginUrl: orNothing(loginUrl),
		redirectUrls: redirectUrl,
		postLogoutUrls: postLogoutUrl,
		logoutUrl: orNothing(logoutUrl),
		frontchannelLogoutUrl: orNothing(frontchannelLogoutUrl),
		suspendedMode: suspended,
		closingNoticeDays: noticeDays,
		usageSuspension: usageSuspension === 'off' ? null : usageSuspension,
		supportEmail: orNothing(supportEmail),
		supportPhone: orNothing(supportPhone),
		resources: resource?.map(toResource)
	};
}

/** Not given, it stays; given empty, it goes. */
function orNothing(words: string | undefined): string | null | undefined {
	return words === '' ? null : words;
}

function toResource(words: string): { label: string; url: string } {
	const at = words.indexOf('=');
	if (at < 1)
		throw new Invalid([{ path: 'resource', message: 'Write a resource as label=address.' }]);
	return { label: words.slice(0, at), url: words.slice(at + 1) };
}

async function listAll(): Promise<void> {
	const rows = await withSystem('evolve product list', async (scope) => {
		const [products, states] = await Promise.all([
			listProducts(scope, {}),
			listProductStates(scope, {})
		]);
		return products.map(({ id, slug, name }) => [
			slug,
			id,
			name,
			states.get(id)?.now?.state ?? 'operational'
		]);
	});
	tellTable(rows);
}

function addWebhook(product: Command): void {
	product
		.command('webhook')
		.description(
			'Set where a product hears of changes. Shows the secret of its signatures when one is made.'
		)
		.argument('<slug>', 'the product, such as erp')
		.addOption(new Option('--url <address>', 'where it hears of them').conflicts('off'))
		.addOption(new Option('--off', 'tell it nothing any more').conflicts(['url', 'newSecret']))
		.option('--new-secret', 'make a secret in place of the one before', false)
		.action((slug: string, options: { url?: string; off?: boolean; newSecret: boolean }) => {
			const { url, off = false, newSecret } = options;
			if (url === undefined && !off)
				throw new Invalid([{ path: 'url', message: 'Give an address, or --off.' }]);
			return onPortal(async () => {
				const { secret } = await withSystem('evolve product webhook', (scope) =>
					setWebhook(scope, { product: slug, url: url ?? null, renew: newSecret })
				);
				if (secret === null) return;
				console.error('The secret follows. It is shown this once:');
				tell(secret);
			});
		});
}
