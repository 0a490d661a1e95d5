"""Hotels and restaurants of DSTC9's FAQ: a document a place, its answers without their questions; whole places and single topics are removed."""

import re
from collections import defaultdict
from random import Random

from evals.builders.built import Built, rows_of, sentences_of
from evals.case import Case
from evals.docs import Doc

NAME = "places"
_PLACES_GONE, _TOPICS_GONE = 0.15, 0.25
# What an answer is about, wide on purpose: with a topic everything goes that touches it, so that nothing left can answer.
TOPICS = {
    name: re.compile(rf"\b(?:{words})", re.I)
    for name, words in {
        "parking": r"park|valet|garage",
        "pets": r"pets?\b|dogs?\b|animal",
        "internet": r"wi-?\s?fi|internet|wireless",
        "breakfast": r"breakfast",
        "smoking": r"smok|cigar",
        "check-in": r"check(?:ing)?[ -]?in\b|arriv",
        "check-out": r"check(?:ing)?[ -]?out\b|checkout|late check",
        "children": r"child|kids?\b|bab(?:y|ies)|infant|high ?-?chair|toddler|famil",
        "alcohol": r"alcohol|beer|wine|drinks?\b|liquor|byob|bring your own|own (?:bottle|drink|beer|wine|alcohol)|bar\b",
        "music": r"music|band\b|entertainment",
        "halal": r"halal",
        "gluten": r"gluten|coeliac|celiac",
        "vegetarian": r"veg(?:an|etarian|eterian|gie)|meatless|plant",
        "delivery": r"deliver",
        "take-out": r"take[ -]?(?:-)?(?:out|away)|to[ -]go\b|pick ?up|carry ?out",
        "reservations": r"reserv|book",
        "wheelchair": r"wheel ?chair|disab|accessib|handicap|access\b|lift|elevator|mobility",
        "outdoor": r"outdoor|outside|patio|terrace|garden",
        "payment": r"pay|credit|visa|master ?card|american express|debit|cash|cards?\b|digital",
        "deposit": r"deposit",
        "gym": r"gym|fitness|exercise|work ?out",
        "pool": r"pool|swim",
        "spa": r"spa\b|massage|sauna",
        "laundry": r"laundry|dry[ -]?clean|iron|wash",
        "shuttle": r"shuttle|airport|transfer",
        "concierge": r"concierge",
        "front desk": r"front desk|reception|24[ -]?(?:hour|hr|/7)",
        "languages": r"language|speak|spoken|english|french",
        "luggage": r"luggage|baggage|bags?\b|storage",
        "meetings": r"meeting|banquet|conference|business|event",
        "safety": r"safe|security|secure|first aid|cctv|alarm|extinguisher",
        "cleaning": r"housekeep|clean|maid",
        "cancelling": r"cancel|refund",
        "beds": r"extra bed|cots?\b|crib|beds?\b",
        "age": r"\bage\b|years? old|minimum age|how old",
        "room service": r"room service",
    }.items()
}


def build(seed: int = 0) -> Built:
    """The places with some of them, and some topics of the others, removed."""
    random = Random(f"{NAME}-{seed}")  # noqa: S311 - a draw that can be repeated
    rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows_of("dstc9_travel_faq.jsonl"):
        if row["entity"]:
            rows[str(row["entity"])].append((str(row["title"]).strip(), str(row["text"]).strip()))
    gone = set(random.sample(sorted(rows), round(len(rows) * _PLACES_GONE)))
    docs: list[Doc] = []
    cases: list[Case] = []
    for number, (place, said) in enumerate(rows.items()):
        id, name = f"place-{number:03}", _written(place)
        dropped = set(TOPICS) if place in gone else {topic for topic in TOPICS if random.random() < _TOPICS_GONE}
        if not any(place != other and other.startswith(place) for other in rows):  # "Nandos" may be "Nandos City Centre" as well
            cases += _cases(id, name, said, dropped, place in gone)
        kept = [text for title, text in said if not dropped & topics_of(title, text) and topics_of(text)]
        if kept and place not in gone:
            docs.append(Doc(id=id, title=name, text="\n\n".join(kept), lang="en"))
    return Built(name=NAME, docs=tuple(docs), cases=tuple(cases))


def topics_of(*texts: str) -> set[str]:
    """Every topic that one of these texts touches."""
    return {topic for topic, words in TOPICS.items() if any(words.search(text) for text in texts)}


def _cases(id: str, name: str, said: list[tuple[str, str]], dropped: set[str], gone: bool) -> list[Case]:
    """The questions of one place whose label is certain: about one topic, of which this place says one sentence."""
    about = defaultdict(list)
    for title, text in said:
        for topic in topics_of(title, text):
            about[topic].append((title, text))
    out: list[Case] = []
    for topic, answers in about.items():
        title, text = answers[0]
        if len(answers) > 1 or topics_of(title) != {topic} or topics_of(text) != {topic} or len(sentences_of(text)) != 1 or not title.endswith("?"):
            continue
        missing = topic in dropped
        out.append(
            Case(
                id=f"{NAME}-{id.removeprefix('place-')}-{topic.replace(' ', '-')}",
                lang="en",
                question=_asked(title, name),
                answerable=not missing,
                near_miss=missing,
                articles=() if missing else (id,),
                must=() if missing else ((text,),),
                why=f"{topic} at {name}" + (", a place that was removed" if gone else ", a topic that was removed there" if missing else ""),
            )
        )
    return out


def _asked(title: str, name: str) -> str:
    """The question with the place in it: asked of us, who answer for many, nobody would leave it out."""
    return title if name.casefold() in title.casefold() else f"{name}: {title[0].lower() if title[1:2] != ' ' else title[0]}{title[1:]}"


def _written(place: str) -> str:
    """A name in capitals as one would write it."""
    return re.sub(r"[A-Za-z]+('[A-Za-z]+)?", lambda word: word[0].capitalize(), place) if place.isupper() else place
