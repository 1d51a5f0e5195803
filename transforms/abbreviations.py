"""Abbreviations of English news text: closed lists, in lower case, without the last period.

What a period after them means differs by kind, so each kind has its own list.
"""

# Before a name: the name always follows, so a sentence never ends here.
TITLES = frozenset(
    """
    adm amb asst atty brig capt cmdr col cpl cpt det dr drs fr gen gens gov govs hon insp lt ltc
    maj messrs mlle mme mmes mr mrs ms msgr mx pfc pres prof profs pvt rep reps rev revs sen sens
    sgt spc st ste supt
    """.split()
)

# Before a number.
NUMBERED = frozenset("art ch chap fig figs no nos p pp par sec vol vols".split())

MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())

# After a name or in the middle of a phrase: a sentence may end here.
OTHERS = frozenset(
    """
    ala approx ariz ark assn assoc ave bhd blvd bros calif cf co colo conn corp cos ctr del dept
    dist div ed eds est etc ft fla ft fwd ga gmbh govt hwy ill inc inst intl jr kan kans ky la llc
    ltd mass md mfg mgr mich minn miss mo mont mt mtg mtn natl neb nev nr okla ont ore oz pa penn
    ph.d plc pop pty que rd ref repub rte sask sr sq tenn tex univ va vs vt wash wis wyo yr yrs
    mon tue tues wed thu thur thurs fri sat sun
    """.split()
)

ABBREVIATIONS = TITLES | NUMBERED | MONTHS | OTHERS
