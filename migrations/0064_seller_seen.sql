-- Who issues the invoices stands on every one of them, and on a business's statement of account too.
grant select on billing.seller to portal_app, portal_staff;
