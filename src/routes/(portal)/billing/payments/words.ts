import { m } from '#lib/paraglide/messages.js';
import type { Method } from '#server/modules/payments/index.ts';

export const methodWords: Record<Method, () => string> = {
	bank: m.billing_method_bank,
	card: m.billing_method_card,
	cash: m.billing_method_cash,
	mpesa: m.billing_method_mpesa
};
