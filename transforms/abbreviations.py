"""Abbreviations of English news text: closed lists, in lower case, without the last period.

What a period after them means differs by kind, so each kind has its own list.
"""


def closed_list(words: str) -> frozenset[str]:
    """The words of a text, as a set.

    >>> sorted(closed_list("jan feb"))
    ['feb', 'jan']
    """
    return frozenset(words.split())


# Before a name: the name always follows, so a sentence never ends here.
TITLES = closed_list(
    """
    adm amb asst atty brig capt cmdr col cpl cpt det dr drs fr gen gens gov govs hon insp lt ltc
    maj messrs mlle mme mmes mr mrs ms msgr mx pfc pres prof profs pvt rep reps rev revs sen sens
    sgt spc st ste supt
    """
)

# Before a number.
NUMBERED = closed_list("art ch chap fig figs no nos p pp par sec vol vols")

MONTHS = closed_list("jan feb mar apr jun jul aug sep sept oct nov dec")

# After a name or in the middle of a phrase: a sentence may end here.
OTHERS = closed_list(
    """
    ala approx ariz ark assn assoc ave bhd blvd bros calif cf co colo conn corp cos ctr del dept
    dist div ed eds est etc fla ft fwd ga gmbh govt hwy ill inc inst intl jr kan kans ky la llc
    ltd mass md mfg mgr mich minn miss mo mont mt mtg mtn natl neb nev nr okla ont ore oz pa penn
    ph.d plc pop pty que rd ref repub rte sask sr sq tenn tex univ va vs vt wash wis wyo yr yrs
    mon tue tues wed thu thur thurs fri sat sun
    """
)

ABBREVIATIONS = TITLES | NUMBERED | MONTHS | OTHERS
