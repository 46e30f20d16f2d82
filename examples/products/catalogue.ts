/**
 * The three sample products as data: what the vendor's catalogue says of them, what they measure, and
 * where they listen. The story, the supervisor and the products themselves all read it here.
 */
export interface SampleMeter {
	slug: string;
	name: string;
	/** `type` of the CloudEvents that it counts. */
	eventType: string;
	aggregation: 'count' | 'sum' | 'latest' | 'unique' | 'weighted';
	/** The property of an event's data that it reads; a meter that counts events reads none. */
	valueProperty?: string;
	unit: 'count' | 'bytes' | 'people';
	dimensions: string[];
}

/** What somebody may do in the product; the portal says who holds which. */
export interface SampleRole {
	slug: string;
	name: string;
	description: string;
	/** What somebody gets who is let in without a word about the role. */
	default?: boolean;
}

/** Where a launch can land: a page that everybody in the product may see. */
export interface SamplePlace {
	path: string;
	label: string;
}

/** What a business can ask the product to hand over. */
export interface SampleExport {
	slug: string;
	name: string;
	description: string;
}

export interface SampleProduct {
	slug: 'erp' | 'sacco' | 'payroll';
	name: string;
	summary: string;
	mark: 'erp' | 'sacco' | 'payroll';
	position: number;
	/** Added to the portal's port. */
	portOffset: number;
	headlineMeter: string;
	headlineLabel: string;
	meters: SampleMeter[];
	roles: SampleRole[];
	places: SamplePlace[];
	exports: SampleExport[];
}

function dataMeter(product: string): SampleMeter {
	return {
		slug: 'data',
		name: 'Data transferred',
		eventType: `com.lixnet.${product}.data.transferred`,
		aggregation: 'sum',
		valueProperty: 'bytes',
		unit: 'bytes',
		dimensions: ['user', 'branch']
	};
}

function storageMeter(product: string): SampleMeter {
	return {
		slug: 'storage',
		name: 'Data held',
		eventType: `com.lixnet.${product}.storage.measured`,
		aggregation: 'latest',
		valueProperty: 'bytes',
		unit: 'bytes',
		dimensions: []
	};
}

function usersMeter(product: string): SampleMeter {
	return {
		slug: 'users',
		name: 'Active users',
		eventType: `com.lixnet.${product}.user.active`,
		aggregation: 'unique',
		valueProperty: 'user',
		unit: 'people',
		dimensions: []
	};
}

function headlineMeter(product: string, slug: string, name: string): SampleMeter {
	return {
		slug,
		name,
		eventType: `com.lixnet.${product}.${slug}.counted`,
		aggregation: 'latest',
		valueProperty: 'count',
		unit: 'count',
		dimensions: []
	};
}

export const sampleProducts: readonly SampleProduct[] = [
	{
		slug: 'erp',
		name: 'ERP System',
		summary: 'Stock, purchases, sales and accounts in one book.',
		mark: 'erp',
		position: 1,
		portOffset: 1,
		headlineMeter: 'records',
		headlineLabel: 'Records',
		meters: [
			dataMeter('erp'),
			headlineMeter('erp', 'records', 'Records'),
			usersMeter('erp'),
			{
				slug: 'etims-invoices',
				name: 'eTIMS invoices',
				eventType: 'com.lixnet.erp.etims.transmitted',
				aggregation: 'sum',
				valueProperty: 'count',
				unit: 'count',
				dimensions: ['branch']
			},
			storageMeter('erp'),
			{
				...storageMeter('erp'),
				slug: 'storage-time',
				name: 'Data held over time',
				aggregation: 'weighted'
			}
		],
		roles: [
			{
				slug: 'manager',
				name: 'Manager',
				description: 'Does everything, approves orders and fetches exports.'
			},
			{
				slug: 'sales',
				name: 'Sales',
				description: 'Sells and issues invoices; sees stock and orders.',
				default: true
			},
			{
				slug: 'storekeeper',
				name: 'Storekeeper',
				description: 'Receives, issues, counts and keeps the list of items.'
			},
			{
				slug: 'buyer',
				name: 'Buyer',
				description: 'Keeps suppliers, orders from them and receives what comes.'
			},
			{
				slug: 'viewer',
				name: 'Viewer',
				description: 'Sees everything with its value, and changes nothing.'
			}
		],
		places: [
			{ path: '/', label: 'Overview' },
			{ path: '/stock', label: 'Stock' },
			{ path: '/stock/receipts', label: 'Stock › Receipts' },
			{ path: '/stock/issues', label: 'Stock › Issues' },
			{ path: '/purchases/orders', label: 'Purchases › Orders' },
			{ path: '/sales/invoices', label: 'Sales › Invoices' }
		],
		exports: [
			{ slug: 'everything', name: 'Everything', description: 'All of the below in one archive.' },
			{ slug: 'stock', name: 'Stock', description: 'Items with levels, and every movement.' },
			{ slug: 'purchases', name: 'Purchases', description: 'Suppliers, orders and receipts.' },
			{ slug: 'sales', name: 'Sales', description: 'Invoices with their lines and amounts.' }
		]
	},
	{
		slug: 'sacco',
		name: 'SACCO',
		summary: 'Members, savings and loans of a savings and credit co-operative.',
		mark: 'sacco',
		position: 2,
		portOffset: 2,
		headlineMeter: 'members',
		headlineLabel: 'Members',
		meters: [
			dataMeter('sacco'),
			headlineMeter('sacco', 'members', 'Members'),
			usersMeter('sacco'),
			{
				slug: 'mpesa-collections',
				name: 'M-Pesa collections',
				eventType: 'com.lixnet.sacco.mpesa.collected',
				aggregation: 'sum',
				valueProperty: 'count',
				unit: 'count',
				dimensions: ['branch']
			},
			{
				slug: 'sms',
				name: 'SMS',
				eventType: 'com.lixnet.sacco.sms.sent',
				aggregation: 'sum',
				valueProperty: 'count',
				unit: 'count',
				dimensions: ['branch']
			},
			storageMeter('sacco')
		],
		roles: [
			{
				slug: 'manager',
				name: 'Manager',
				description: 'Does everything, and fetches exports.'
			},
			{
				slug: 'teller',
				name: 'Teller',
				description: 'Registers members, keeps savings, takes loan applications and repayments.',
				default: true
			},
			{
				slug: 'loan-officer',
				name: 'Loan officer',
				description: 'Approves or declines loans, pays them out and takes repayments.'
			},
			{
				slug: 'auditor',
				name: 'Auditor',
				description: 'Sees everything, fetches exports, and changes nothing.'
			}
		],
		places: [
			{ path: '/', label: 'Overview' },
			{ path: '/members', label: 'Members' },
			{ path: '/savings', label: 'Savings › Deposits' },
			{ path: '/savings/withdrawals', label: 'Savings › Withdrawals' },
			{ path: '/loans', label: 'Loans › Applications' },
			{ path: '/loans/lent', label: 'Loans › Lent' }
		],
		exports: [
			{ slug: 'everything', name: 'Everything', description: 'All of the below in one archive.' },
			{ slug: 'members', name: 'Members', description: 'The register with balances.' },
			{ slug: 'savings', name: 'Savings', description: 'Every deposit and withdrawal.' },
			{ slug: 'loans', name: 'Loans', description: 'Loans, their schedules and repayments.' }
		]
	},
	{
		slug: 'payroll',
		name: 'Payroll',
		summary: 'Pay runs, PAYE, SHIF and NSSF returns, payslips by phone.',
		mark: 'payroll',
		position: 3,
		portOffset: 3,
		headlineMeter: 'employees',
		headlineLabel: 'Employees',
		meters: [
			dataMeter('payroll'),
			headlineMeter('payroll', 'employees', 'Employees'),
			usersMeter('payroll'),
			storageMeter('payroll')
		],
		roles: [
			{
				slug: 'administrator',
				name: 'Administrator',
				description: 'Does everything, approves and pays runs, fetches exports.'
			},
			{
				slug: 'preparer',
				name: 'Preparer',
				description: 'Keeps employees and leave, and prepares the pay run.',
				default: true
			},
			{
				slug: 'approver',
				name: 'Approver',
				description: 'Approves or returns a prepared run, and marks it paid.'
			},
			{
				slug: 'viewer',
				name: 'Viewer',
				description: 'Sees employees, leave and totals of runs; no payslips.'
			}
		],
		places: [
			{ path: '/', label: 'Overview' },
			{ path: '/employees', label: 'Employees' },
			{ path: '/leave', label: 'Leave' },
			{ path: '/pay-runs', label: 'Pay runs' }
		],
		exports: [
			{ slug: 'everything', name: 'Everything', description: 'All of the below in one archive.' },
			{ slug: 'employees', name: 'Employees', description: 'Employees with jobs, pay and leave.' },
			{ slug: 'pay-runs', name: 'Pay runs', description: 'Every payslip with PAYE, SHIF and NSSF.' }
		]
	}
];
