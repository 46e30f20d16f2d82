-- Work that leaves together with its commit cannot look at what its questions answer: they fail instead,
-- and with them the transaction.
create function platform.require(holds boolean, what text) returns void
language plpgsql as $$
begin
	if holds is not true then
		raise exception 'It does not hold that %.', what;
	end if;
end $$;
