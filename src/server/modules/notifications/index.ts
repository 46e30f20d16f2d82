import './reactions.ts';

export {
	countUnread,
	listNotifications,
	markRead,
	type NotificationKind,
	type NotificationView
} from './notifications.ts';
export { remind } from './reminders.ts';
