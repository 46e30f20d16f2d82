export { listClients, setClientSecret, type Client } from './clients.ts';
export {
	createApiKey,
	keepApiKey,
	listLiveKeys,
	readApiKey,
	revokeApiKey,
	type ApiKey
} from './keys.ts';
export { listPlans, savePlan, type Plan } from './plans.ts';
export { listProducts, readProduct, saveProduct, type Product } from './products.ts';
