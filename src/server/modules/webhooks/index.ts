import './reactions.ts';

export {
	listMessages,
	messageStatuses,
	readMessage,
	readWebhookState,
	type Delivery,
	type MessageView,
	type Outcome,
	type WebhookState
} from './archive.ts';
export { deliverDue } from './courier.ts';
export { messageKinds, type MessageKind } from './kinds.ts';
export { resendMessage, sendTest } from './resend.ts';
export type { MessageStatus } from './tries.ts';
