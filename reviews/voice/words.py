"""What is a word, a sentence, and what says nothing whatever it is about."""

# Texts and answers that say what is good, and what is not. The other questions ask for both or for neither.
PRAISING_QUESTIONS = ("how_it_helped", "most_valuable")
CRITICISING_QUESTIONS = ("needs_improvement",)

# Postgres' parser numbers its kinds of tokens: words, also with digits ("s3") and hyphens ("sign-on").
WORD_KINDS = (1, 2, 3, 15, 16, 17)
# The parts of a word with hyphens, which come once more after the whole.
PART_KINDS = (9, 10, 11)
BLANK_KIND = 12
SHORTEST_WORD, LONGEST_WORD = 2, 40

# Sentences end here; a phrase doesn't reach across what stands in CLAUSE_END either.
SENTENCE_END = r"(?<=[.!?…])\s+|\n+"
CLAUSE_END = r"[,;:()\[\]{}<>\"“”„«»–—|/•…?!.]|\s-\s"

# Beside the stop words of Postgres: they praise or stress and don't say what, or count and date.
_HOUSE_STOP_WORDS = """
    able absolutely across actually ago ain almost already also although always amazing annoying another
    anybody anyone anything anyway apart april aren around ask asked asks august awesome awful bad badly
    basically became become best better beyond big bit brilliant cent clearly come comes coming completely
    could couldn course day days december decent definitely despite didn doesn dozen eight eighteen eighty
    eleven else enough especially etc even ever every everybody everyone everything everywhere excellent
    fairly fantastic far february feel feels felt fifteen fifty finally fine first five forty four fourteen
    friday fridays fully generally get gets getting give gives go goes going good got great hadn half happen
    happened happens happy hard hardly hasn haven honestly hour hours however hundred instead isn issue issues
    january july june keep keeps kept kind knew know known knows last least less let lets like likes little ll
    long longer look looked looks lot lots love made make makes making many matter matters maybe mean means
    meant might million mind minor minute minutes monday mondays month months mostly much must mustn need
    needed needs never new nice nicely nine nineteen ninety nobody nothing notice noticed november obvious
    obviously october odd often okay old one ones others otherwise overall part per percent perfect perhaps
    plenty poor poorly pretty probably problem problems put quite rather re real really rest result results
    right said saturday say says see seem seems september serious seven seventeen seventy several shall
    shouldn side simply since six sixteen sixty somebody something sometimes somewhat somewhere sounds still
    stuff sunday super sure take taken takes taste tell tells ten terrible thing things think thirteen thirty
    though thought thousand three thursday thus together told took totally tried tries truly try tuesday
    twelve twenty twice two upon us useful useless usually ve want wants wasn way ways wednesday week weeks
    well went weren whole within without won wonderful would wouldn year years yet
"""
# Small words of other languages that reviews are written in: Postgres reads them all as English.
_FOREIGN_STOP_WORDS = """
    aber alles als au auch auf aus aux avec bei ce cette dans das dass de dem den der des die du durch ein
    eine einem einen einer elle es est et für haben hat il im immer ist kann le les mais mit nach nicht noch
    nous nur oder pas plus pour que qui sans sehr sich sie sind sont sur très um und une uns unter vom von
    vous wenn werden wie wir wird zu zum zur über
"""
HOUSE_STOP_WORDS = tuple((_HOUSE_STOP_WORDS + _FOREIGN_STOP_WORDS).split())
# Stems that mean something beside another word, and nothing alone.
_NOT_ALONE = """
    accept add adequ allow answer anyth applic ask aspect attempt base busi buy call case chang choic come
    compani complet deal differ doe done easi end enjoy everyday exist expect experi fact feel find found full
    group hand handl happen help high import includ inform interest item job know known larg lead learn leav
    left level line list liter look lose low main man manag matter mean mind morn move name next note number
    offer open oper option order organ organiz paper peopl person piec place plan platform point possibl
    product provid quarter question read readi reason remain requir room run said save say second servic set
    share short show simpl singl sit small softwar solut someon spend stage start state stay step stop system
    talk tast team tell test thank think time today told tool tri trust turn type understand use user usual
    valu view weekend win wish word work world wrong
"""
NOT_ALONE = frozenset(_NOT_ALONE.split())
# What may stand between the two words of a phrase: "ease of use", "docs are clear".
LINKS = ("and", "are", "at", "for", "in", "is", "of", "on", "to", "was", "were", "with")
