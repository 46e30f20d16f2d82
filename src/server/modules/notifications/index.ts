import './alerts.ts';
import './invoices.ts';
import './reactions.ts';
import './states.ts';
import './subscriptions.ts';
import './suspensions.ts';

export { tell, type ProductNews } from './channels.ts';
export { readChoices, saveChoices, topics, type Choice, type Topic, type Ways } from './choices.ts';
export {
	countUnread,
	listNotifications,
	markRead,
	type NotificationKind,
	type NotificationView
} from './notifications.ts';
export { remind } from './reminders.ts';
export { tellStates } from './states.ts';
