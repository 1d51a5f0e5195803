"""Knows the words that tell where a name begins or ends, and what kind of name it is.

The lists are closed, and hold what was frequent in real news: of what is in none of them, nothing
is known.
"""

from transforms.text.abbreviations import Kind, closed_list, kind_of

PERSON, BODY, PLACE, OTHER = "PER", "ORG", "LOC", "MISC"
TYPES = {PERSON, BODY, PLACE, OTHER}

ARTICLES = closed_list("the a an")
LINKS = closed_list("of for and in de")
POSSESSIVES = closed_list("'s ’s")
QUOTES = closed_list("\" “ ” „ « » `` '' ‘ &quot;")

# Titles that stand before names without a period. Words that are as often a part of the name
# ("Lord", "Mother", "Saint") are left out.
TITLES = closed_list(
    """
    Adm Adv Amb Capt Cllr Cmdr Col Cpl Dr Drs Gen Gov Govs Lt Messrs Mme Mr Mrs Ms Prof Rep Reps
    Rev Sen Sens Sgt
    Ambassador Chancellor Colonel Congressman Congresswoman Councillor Councilman Governor
    Lieutenant Madam Madame Mayor Minister Premier President Prime Professor Secretary Senator
    Senators Sergeant Sheriff Sir Vice
    """
)
# They are titles only where they stand alone before the mention of a person.
OFFICES = closed_list("General Judge Justice King Pope Prince Princess Queen Sheikh Speaker")
# They are part of the name that they follow.
SUFFIXES = closed_list("Jr Jr. Sr Sr. II III IV")

# They come before a body of theirs: House Appropriations Committee.
PARLIAMENTS = closed_list("House Senate US U.S.")
# They end names of bodies. Unlike those of newspapers, such names have no article.
BODIES = closed_list(
    """
    Administration Agency Association Authority Bank Board Bureau Commission Committee Co Co.
    Company Corp Corp. Corporation Council Court Department Exchange Federation Fund Group Inc Inc.
    Institute Ltd Ltd. Ministry Office Organisation Organization Party Reserve Senate Service
    Treasury Union University
    """
)
# They begin names of places.
PLACES = closed_list("Camp Cape Des Fort Lake Las Los Mount Oval Port San Santa St.")
# They end names of places.
SITES = closed_list("Airport Bridge Hill Memorial Museum Park River Stadium Station Street Valley")
# They end names of events and works.
WORKS = closed_list(
    "Act Award Awards Cup Day Festival Games Law Program Programme Statute Summit War"
)
# They stand beside other names without being a part of them: Senate Democrats, Democrat Bob Casey.
PARTIES = closed_list("Democrat Democrats Democratic Republican Republicans GOP")

# Names that have one label, whatever stands round them.
CERTAIN = {
    **dict.fromkeys(["US", "U.S.", "USA", "U.S.A.", "UK", "U.K."], PLACE),
    **dict.fromkeys(["GOP", "ISIS", "ISIL", "Islamic State", "European Parliament"], BODY),
    **dict.fromkeys(["USA TODAY", "USA Today"], BODY),
    **dict.fromkeys(["Obamacare", "ObamaCare", "Native American"], OTHER),
}


def is_title(word: str, label: str) -> bool:
    """Tells whether a word at the beginning of a mention with a label is a title.

    >>> [is_title(word, "PER") for word in ("Sen.", "Sen", "Adv", "Premier", "Senate", "J.")]
    [True, True, True, True, False, False]

    Only abbreviations are titles in what is no person, as in "Premier League".

    >>> is_title("Reps.", "MISC"), is_title("Premier", "ORG")
    (True, False)
    """
    if word.endswith("."):
        return kind_of(word[:-1], "") is Kind.TITLE
    return word in TITLES and (label == PERSON or len(word) <= 4)
