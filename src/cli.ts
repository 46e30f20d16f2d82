import { Command, CommanderError } from 'commander';
import { Expected, Invalid } from '#server/platform/errors.ts';
import { StartFailure } from '#server/platform/start-failure.ts';
import { addBusiness } from './commands/business.ts';
import { addClose } from './commands/close.ts';
import { addControlUnit } from './commands/control-unit.ts';
import { addCoupon } from './commands/coupon.ts';
import { addCreditNote } from './commands/credit-note.ts';
import { addDunning } from './commands/dunning.ts';
import { addGround } from './commands/ground.ts';
import { addInvoice } from './commands/invoice.ts';
import { addKey } from './commands/key.ts';
import { addKeys } from './commands/keys.ts';
import { addLedger } from './commands/ledger.ts';
import { addMeter } from './commands/meter.ts';
import { addPayment } from './commands/payment.ts';
import { addPlan } from './commands/plan.ts';
import { addProduct } from './commands/product.ts';
import { addSeller } from './commands/seller.ts';
import { addSubscription } from './commands/subscription.ts';
import { addUsage } from './commands/usage.ts';
import { addUser } from './commands/user.ts';

/** The operator's command line. Results go to standard output, everything else to standard error. */
const program = new Command('evolve')
	.description('Operate Evolve Business from the command line.')
	.configureHelp({ showGlobalOptions: true })
	.addHelpText(
		'after',
		'\nIt reads the same settings as the server (DATA_DIR, DATABASE_URL …) and may run beside it.'
	)
	.exitOverride();

for (const add of [
	addGround,
	addBusiness,
	addUser,
	addProduct,
	addPlan,
	addCoupon,
	addMeter,
	addUsage,
	addSeller,
	addSubscription,
	addInvoice,
	addCreditNote,
	addClose,
	addLedger,
	addPayment,
	addDunning,
	addControlUnit,
	addKey,
	addKeys
])
	add(program);

try {
	await program.parseAsync();
} catch (error) {
	if (error instanceof CommanderError) {
		// Commander has told what was wrong.
		process.exitCode = error.exitCode;
	} else if (error instanceof StartFailure || error instanceof Expected) {
		console.error(error instanceof Invalid ? tellIssues(error) : error.message);
		process.exitCode = 1;
	} else {
		throw error;
	}
}

/** What is wrong, and with which of the values that were given. */
function tellIssues({ issues }: Invalid): string {
	return issues
		.map(({ path, message }) => (path === '' ? message : `${message} (${path})`))
		.join('\n');
}
