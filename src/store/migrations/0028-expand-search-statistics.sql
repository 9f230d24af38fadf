-- Whether a name is rare decides whether its index is used or the places are walked: of a hundred sampled names a
-- word that a few hundred of a million bear seems a hundredth of them, and walking for it takes seconds.
alter table enterprise_search alter column latin set statistics 1000;
analyze enterprise_search;
