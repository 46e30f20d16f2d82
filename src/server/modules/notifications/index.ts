import './reactions.ts';

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
