"""What stands on a page but belongs to no article: navigation, pagers, banners, postal footers."""

from __future__ import annotations

import re

from kg.documents.lines import ends_sentence, is_prose, is_rule, list_words
from kg.documents.words import split_set

_LONGEST = 3000  # characters; no line of a page's furniture is longer
_LANGUAGES = split_set(
    "english français francais deutsch español espanol português portugues italiano nederlands "
    "русский 中文 简体中文 繁體中文 简体 繁體 日本語 한국어 العربية فارسی türkçe polski українська "
    "chinese japanese korean french german spanish russian arabic en fr de es zh ja ru ar"
)
_MENU = split_set(
    "login log in out sign signin signup up register registration logout account my profile set as "
    "homepage home page contact contacts us about search menu close open toggle navigation nav "
    "skip to main content subscribe subscription newsletter newsletters rss feed feeds sitemap "
    "site map favorites favourites bookmark add share tweet pin print email e-mail mail save send "
    "facebook twitter x linkedin whatsapp telegram reddit pinterest weibo wechat instagram "
    "youtube flickr tumblr mastodon bluesky threads messenger copy link download pdf view all more "
    "read next previous prev first last back top of the page terms use service privacy policy "
    "cookies cookie accept reject decline settings preferences disclaimer legal imprint help faq "
    "faqs advertise advertisement advertising careers jobs donate comment comments reply "
    "like follow on this article related articles post posts latest popular trending archive "
    "archives issue issues topics topic regions region magazine video videos podcast "
    "podcasts photos gallery events publications journals and or & editions edition language "
    "font size"
)
# Without one of these, a line of such words may be a heading ("About this issue").
_MENU_SIGNS = split_set(
    "login log sign signin signup register logout homepage home search menu toggle navigation skip "
    "subscribe newsletter newsletters rss sitemap favorites favourites bookmark share tweet print "
    "email e-mail facebook twitter linkedin whatsapp telegram reddit pinterest weibo wechat "
    "instagram youtube tumblr download next previous prev cookies cookie privacy disclaimer legal "
    "imprint faq faqs advertise advertisement advertising careers donate reply contact "
    "comments"
)
_CRUMB = re.compile(r"\s*(?:>|»|›|→|::|\s/\s)\s*")
_CRUMB_LEAD = re.compile(
    r"(?:your (?:current )?(?:location|position)|you are here|current (?:location|position)"
    r"|location|home\s*(?:page)?\s*(?=[>»›→/]))\s*[:：]?\s*",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"[-–—\[(\s]*(?:page|p\.)?\s*\d{1,3}\s*(?:(?:of|/)\s*\d{1,4})?[-–—\])\s]*", re.IGNORECASE
)
_PAGER_STEPS = split_set(
    "first previous prev older back next newer last page pages posts article articles ... … « ‹ < "
    "← » › > → , of"
)
_COOKIES = re.compile(
    r"\b(?:(?:we|sites?|website|page|partners) (?:also )?uses? (?:\w+ ){0,3}cookies"
    r"|(?:use|accept|reject|allow|manage) (?:of )?(?:all )?(?:\w+ )?cookies"
    r"|cookies? (?:policy|settings|preferences|consent|notice))\b",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"^(?:copyright\b|©|\(c\)\s*\d{4})|\ball rights reserved\b|^(?:reproduction|republication) "
    r"(?:in whole|prohibited|without)|\bICP\s*(?:备|No)|©\s*(?:\d{4}|all)",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    r"(?:subscribe (?:to our|now|today|for)|sign up (?:for our|to our|now|today|here)|follow us\b"
    r"|find us on|join us on|click here|share this (?:article|post|story|page)|leave a (?:reply"
    r"|comment)|your e-?mail address|save my name|powered by [A-Z]\w+$|designed by [A-Z]\w+$"
    r"|skip to |back to top|download (?:pdf|this|the pdf)|print this|e-?mail this|listen to this"
    r"|read (?:more|also|next)\s*[:：])",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:see also\s*[:：]|related (?:articles?|stories|content|posts|reading)\b|advertisement$"
    r"|sponsored(?: content)?$|share(?: this| on| via)?\b|like this\s*:|loading\W*$|read more\b"
    r"|most (?:read|popular|viewed)$|editors?['’]? picks?$|recommended(?: for you)?$|tags?\s*[:：]"
    r"|filed under|posted in\b|categor(?:y|ies)\s*[:：]"
    r"|(?:views?|hits?|visits?|clicks?)\s*[:：]\s*\d"
    r"|(?:\d[\d,]*\s+)?(?:comments?|shares|views|likes)\s*(?:\(\d+\)|\d+)?$|\d+ min(?:ute)?s? read"
    r"|(?:estimated )?reading time|(?:image|photo)(?: credits?)?\s*[:：]|enlarge$|jump to "
    r"|font size|go to top)",
    re.IGNORECASE,
)
_CONTACT_LABEL = re.compile(
    r"\b(?:address|tel(?:ephone)?|phone|fax|e-?mail|web ?site|postal code|post ?code|zip(?: code)?"
    r"|p\.?\s?o\.? box|hotline|mobile|whatsapp|url|contact(?: us)?)\s*[.:：]",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\bext\.\s*\d{2,}", re.IGNORECASE)
_NUMBER = r"(?:\+?\d[\d\-–()/. ]{5,24}\d)"
_PHONE = re.compile(rf"(?:[:：]\s*|\+){_NUMBER}|{_NUMBER}\s+ext\b|^{_NUMBER}$", re.IGNORECASE)
_YEARS = re.compile(r"\b(?:1[5-9]|20)\d\d\s*[-–/]\s*(?:1[5-9]|20)?\d\d\b")
_ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.\w{2,}|\bhttps?://\S+|\bwww\.\S+\.\w{2,}")


def is_furniture(text: str) -> bool:
    """Whether a line is of the page and not of the article."""
    if len(text) > _LONGEST:
        return False
    return (
        is_rule(text)
        or is_pager(text)
        or is_menu(text)
        or is_breadcrumb(text)
        or is_banner(text)
        or is_contact(text)
    )


def is_pager(text: str) -> bool:
    """Whether a line numbers the page or leads to its neighbours ("Page 1 of 3", "1 2 Next")."""
    if len(text) > 80:
        return False
    if _PAGE_NUMBER.fullmatch(text):
        return True
    steps = re.split(r"[\s|·•]+", text.casefold().strip("|·• "))
    return all(step in _PAGER_STEPS or (step.isdigit() and len(step) <= 3) for step in steps)


def is_menu(text: str) -> bool:
    """Whether a line is made of links alone ("Login Contact us", "中文 English", "A | B | C")."""
    pieces = [piece for piece in re.split(r"[\s|/·•,>»()\[\]]+", text.casefold()) if piece]
    if not pieces or is_prose(text):
        return False
    if all(piece in _LANGUAGES for piece in pieces):
        return len(pieces) > 1 or not text.isascii()
    if all(piece in _MENU or piece in _LANGUAGES for piece in pieces):
        return any(piece in _MENU_SIGNS for piece in pieces)
    links = re.split(r"\s*[|•·]\s*", text)
    return (
        len(links) >= 3
        and all(len(list_words(link)) <= 4 for link in links)
        and not ends_sentence(text)
    )


def is_breadcrumb(text: str) -> bool:
    """Whether a line says where on the site the page lies ("Home > Journals > Master forum")."""
    crumbs = split_breadcrumb(text)
    if _CRUMB_LEAD.match(text):
        return len(crumbs) >= 2
    return len(crumbs) >= 3 and re.search("[>»›→]", text) is not None and not is_prose(text)


def split_breadcrumb(text: str) -> list[str]:
    """The steps of a breadcrumb, its lead ("Your location:") left out; one step if it is none."""
    lead = re.match(r"[^:：>»›→/]{3,30}[:：]\s*", text) if _CRUMB_LEAD.match(text) else None
    rest = text[lead.end() :] if lead else text
    return [crumb for crumb in _CRUMB.split(rest) if crumb]


def is_banner(text: str) -> bool:
    """Whether a line asks for consent, claims copyright, or invites to read and share."""
    count = len(list_words(text))
    if count <= 80 and _COOKIES.search(text):
        return True
    if count <= 50 and _COPYRIGHT.search(text):
        return True
    if count > 20:
        return False
    return bool(_INVITATION.match(text)) or (bool(_LABEL.match(text)) and not is_prose(text))


def is_contact(text: str) -> bool:
    """Whether a line is of a postal footer: address, telephone, fax, e-mail, web site."""
    bare = _YEARS.sub("", text)
    labels = len(_CONTACT_LABEL.findall(text))
    numbers = len(_PHONE.findall(bare)) + len(_EXTENSION.findall(text))
    links = len(_ADDRESS.findall(text))
    rest = _ADDRESS.sub("", text)
    if is_prose(rest):
        return False
    if links and len(list_words(rest)) <= 3:
        return True
    starts = _CONTACT_LABEL.match(text) is not None
    return numbers + links + labels >= 2 or (starts and len(list_words(rest)) <= 30) or numbers >= 1
