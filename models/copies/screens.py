"""Screens, forms, cards, chats and receipts as HTML, which a browser draws."""

from __future__ import annotations

import html
import random
from dataclasses import dataclass

import words

Content = dict[str, object]


@dataclass(frozen=True)
class Viewport:
    """How large a browser draws a page; without a height, as tall as the page is."""

    width: int
    height: int | None
    scale: float


VIEWPORTS = {
    "receipts": Viewport(400, None, 2.5),
    "forms": Viewport(800, 1130, 1.5),
    "cards": Viewport(540, 340, 2),
    "chats": Viewport(390, 844, 2),
    "desktops": Viewport(1280, 800, 1),
    "phones": Viewport(390, 844, 2),
}

SANS, SERIF, MONO = "DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"


def page(style: str, body: str) -> str:
    """A whole document."""
    return (
        "<!doctype html><meta charset=utf-8><style>*{box-sizing:border-box}body{margin:0;"
        f"font:14px {SANS}}}table{{width:100%;border-collapse:collapse}}{style}</style>{body}"
    )


# Receipts: a shop's name and address, items with sums, the total.

RECEIPTS = {
    "grocer": ("Vindle Market", f"body{{font:15px {MONO};padding:24px}}h1{{text-align:center}}"),
    "cafe": ("Café Lorint", f"body{{font:16px {SERIF};padding:40px}}h1{{font-style:italic}}"),
    "hardware": (
        "GROSS & PENN",
        f"body{{font:13px {MONO};padding:16px}}h1{{border:3px solid;text-align:center}}",
    ),
    "chemist": ("Apotheke Sund", f"body{{font:14px {SANS};padding:30px}}h1{{color:#444}}"),
}


def compose_receipt(_template: str, rng: random.Random) -> Content:
    """Some items and their prices, when, and how it was paid."""
    items = [
        (words.title(rng, rng.choice((1, 2))), words.price(rng)) for _ in range(rng.randint(5, 16))
    ]
    return {
        "items": items,
        "total": sum(value for _, value in items),
        "time": f"{rng.randint(10, 28)}.0{rng.randint(1, 9)}.2025 {rng.randint(10, 21)}:{rng.randint(10, 59)}",
        "number": words.digits(rng, 6),
    }


def change_sum(content: Content, rng: random.Random) -> Content:
    """Another total, everything else the same."""
    return {**content, "total": float(content["total"]) + rng.choice((-3.0, 1.1, 4.0, 20.5))}


def draw_receipt(template: str, content: Content) -> str:
    shop, style = RECEIPTS[template]
    rows = "".join(
        f"<tr><td>{label}<td align=right>{value:.2f}" for label, value in content["items"]
    )
    total = content["total"]
    return page(
        style + "td{padding:3px 0}.t{font-weight:bold;font-size:1.3em;border-top:2px dashed}",
        f"<h1>{html.escape(shop)}</h1><p>Market Street 14, 20095 Tarnow<br>Tel. 040 / 55 21 70<p>"
        f"{content['time']}<br>Receipt {content['number']}<table>{rows}"
        f"<tr class=t><td>TOTAL EUR<td align=right>{total:.2f}</table>"
        "<p>incl. 7 % VAT, paid in cash<p>Thank you for your visit!<br>Goods may be returned "
        "within 14 days with this receipt.",
    )


# Forms: printed labels, filled in by hand.

FORMS = {
    "application": ("Application for a Parking Permit", 12, "#1a3c6e"),
    "registration": ("Registration of a Change of Address", 14, "#333"),
    "order": ("Order Form for Spare Parts", 10, "#8a1c1c"),
    "survey": ("Visitor Survey", 13, "#1c6e3a"),
}


def compose_form(template: str, rng: random.Random) -> Content:
    """A value for each field."""
    kinds = (
        lambda: words.name(rng),
        lambda: words.digits(rng, 7),
        lambda: f"{words.title(rng, 1)} Street {rng.randint(1, 99)}",
        lambda: f"{rng.randint(1, 28):02}.{rng.randint(1, 12):02}.19{rng.randint(40, 99)}",
    )
    count = FORMS[template][1]
    return {
        "values": [kinds[i % 4]() for i in range(count)],
        "ticks": [rng.random() < 0.5 for _ in range(8)],
    }


def change_field(content: Content, rng: random.Random) -> Content:
    """Another value in one field, as long as the one before."""
    values = list(content["values"])
    at = rng.randrange(len(values) // 4) * 4 + 1
    values[at] = words.digits(rng, 7)
    return {**content, "values": values}


def draw_form(template: str, content: Content) -> str:
    heading, _, colour = FORMS[template]
    labels = random.Random(f"form:{template}")
    fields = "".join(
        f"<div class=f><small>{words.title(labels, 2)}</small><i>{value}</i></div>"
        for value in content["values"]
    )
    ticks = "".join(
        f"<div class=k><b>{'☒' if on else '☐'}</b> {words.sentence(labels, 4, 7)}</div>"
        for on in content["ticks"]
    )
    return page(
        f"body{{padding:50px;color:#222}}h1{{color:{colour};border-bottom:3px solid}}"
        f".f{{display:inline-block;width:48%;height:52px;border:1px solid {colour};margin:3px;"
        f"padding:3px 8px}}small{{display:block;color:{colour};font-size:10px}}i{{font:italic 20px "
        f"{SERIF};color:#103090}}.k{{margin:8px}}",
        f"<h1>{heading}</h1><p>{words.sentence(labels, 20, 24)} {words.sentence(labels, 20, 24)}"
        f"</p>{fields}<h3>{words.title(labels, 3)}</h3>{ticks}"
        "<p style='margin-top:40px'>____________________<br><small>Place, date, signature</small>",
    )


# Cards: a name, a number and a face on a card of one design.

CARDS = {
    "member": ("Tarnow City Library", "linear-gradient(120deg,#1d4e89,#56a3d9)", "#fff"),
    "visitor": ("HALVERT Works · Visitor", "#f4f1e8", "#222"),
    "business": ("Penn & Sundh, Architects", "#fff", "#333"),
    "ticket": ("Regional Transport Pass", "linear-gradient(90deg,#2f7d32,#a5c940)", "#fff"),
}


def compose_card(_template: str, rng: random.Random) -> Content:
    """Somebody's name, number, town and a figure in place of a photograph."""
    return {
        "name": words.name(rng),
        "number": f"{words.digits(rng, 4)} {words.digits(rng, 4)} {words.digits(rng, 4)}",
        "town": f"{words.digits(rng, 5)} {words.title(rng, 1)}",
        "until": f"{rng.randint(1, 12):02}/{rng.randint(26, 34)}",
        "hair": rng.randrange(360),
        "coat": rng.randrange(360),
    }


def change_name(content: Content, rng: random.Random) -> Content:
    """The same card for somebody else: another name, all else the same."""
    return {**content, "name": words.name(rng)}


def draw_card(template: str, content: Content) -> str:
    title, ground, ink = CARDS[template]
    face = (
        f"<svg width=110 height=140 style='float:right;background:#ddd'><circle cx=55 cy=55 r=32 "
        f"fill='hsl({content['hair']},45%,45%)'/><circle cx=55 cy=62 r=25 fill=#e8c4a4 /><path "
        f"d='M10 140q45-70 90 0' fill='hsl({content['coat']},50%,40%)'/></svg>"
    )
    return page(
        f"body{{background:{ground};color:{ink};height:340px;padding:28px}}h2{{margin:0 0 30px}}"
        f"b{{font-size:24px}}code{{font:22px {MONO}}}small{{opacity:.8}}",
        f"<h2>{html.escape(title)}</h2>{face}<small>Name</small><br><b>{content['name']}</b><br><br>"
        f"<small>Number</small><br><code>{content['number']}</code><br><br><small>Town</small> "
        f"{content['town']} &nbsp; <small>valid until</small> {content['until']}",
    )


# Chats.

CHATS = {
    "green": ("#e5ddd5", "#fff", "#dcf8c6", "#075e54", "8px"),
    "blue": ("#fff", "#e9e9eb", "#1e88ff", "#f6f6f6", "18px"),
    "dark": ("#0e1621", "#182533", "#2b5278", "#17212b", "12px"),
    "plain": ("#fafafa", "#fafafa", "#eef", "#3f3f74", "0"),
}


def compose_chat(_template: str, rng: random.Random) -> Content:
    """With whom, and what was said."""
    return {
        "with": words.name(rng),
        "lines": [
            (
                rng.random() < 0.5,
                words.sentence(rng, 2, 14),
                f"{rng.randint(8, 22)}:{rng.randint(10, 59)}",
            )
            for _ in range(14)
        ],
    }


def draw_chat(template: str, content: Content) -> str:
    ground, theirs, ours, bar, radius = CHATS[template]
    ink = "#eee" if template == "dark" else "#111"
    top = "#111" if template == "blue" else "#fff"
    lines = "".join(
        f"<div class={'o' if own else 'h'}>{text}<sub>{time}</sub></div>"
        for own, text, time in content["lines"]
    )
    return page(
        f"body{{background:{ground};color:{ink};height:844px;overflow:hidden}}header{{background:"
        f"{bar};color:{top};padding:14px 18px;font-size:17px}}div{{max-width:76%;width:fit-content;"
        f"margin:7px 12px;padding:8px 12px;border-radius:{radius};background:{theirs}}}.o{{margin-left:"
        f"auto;background:{ours}}}sub{{font-size:10px;opacity:.6;margin-left:8px}}footer{{position:"
        f"fixed;bottom:0;width:100%;height:60px;background:{theirs};padding:20px;opacity:.95}}",
        f"<header style='font-size:12px'>9:41 &nbsp; ▂▄▆ 87 %</header><header>‹ &nbsp; ● &nbsp; "
        f"{content['with']}</header>{lines}<footer>Message …</footer>",
    )


# Screens: each template is a program, which shows other things.


def compose_screen(_template: str, rng: random.Random) -> Content:
    """Words and numbers for whatever the program shows."""
    return {
        "title": words.title(rng, 2),
        "lines": [words.sentence(rng, 5, 12) for _ in range(30)],
        "names": [words.name(rng) for _ in range(30)],
        "numbers": [words.price(rng, 999) for _ in range(160)],
        "hues": [rng.randrange(360) for _ in range(30)],
        "chosen": rng.randrange(12),
    }


def _mail(c: Content) -> str:
    folders = "".join(f"<p>{f}" for f in ("Inbox", "Sent", "Drafts", "Archive", "Spam", "Trash"))
    rows = "".join(
        f"<tr class={'s' if i == c['chosen'] else 'n'}><td><b>{c['names'][i]}</b><td>{c['lines'][i]}"
        f"<td>{10 + i}:{20 + i}"
        for i in range(16)
    )
    return page(
        "header{background:#2b579a;color:#fff;padding:16px}nav{position:absolute;width:170px;"
        "padding:14px;background:#f0f0f0;height:760px}table{margin-left:170px;width:1110px}td{padding:13px 8px;border-bottom:1px solid #ddd;"
        "white-space:nowrap;overflow:hidden}.s{background:#cfe3ff}",
        f"<header>Mail &nbsp; ⌕ Search</header><nav>{folders}</nav><table>{rows}</table>",
    )


def _sheet(c: Content) -> str:
    head = "".join(f"<th>{letter}" for letter in "ABCDEFGHIJ")
    rows = "".join(
        f"<tr><th>{r + 1}<td>{c['names'][r]}"
        + "".join(f"<td align=right>{c['numbers'][r * 6 + k]:.2f}" for k in range(6))
        for r in range(22)
    )
    return page(
        "header{background:#217346;color:#fff;padding:12px}th{background:#eee;font-weight:400}"
        "td,th{border:1px solid #ccc;padding:6px}p{margin:8px}",
        f"<header>Table – {c['title']}</header><p>File &nbsp; Edit &nbsp; View &nbsp; Insert &nbsp; "
        f"Format &nbsp; Data<table><tr><th>{head}{rows}</table>",
    )


def _editor(c: Content) -> str:
    lines = "".join(
        f"<tr><td class=n>{i + 1}<td style='padding-left:{i * 7 % 4 * 26 + 10}px'>"
        f"<i>{('let', 'if', 'for', 'return')[i % 4]}</i> {c['lines'][i][:60].lower()}"
        for i in range(29)
    )
    files = "".join(f"<p>▸ {name.split()[0].lower()}.txt" for name in c["names"][:18])
    return page(
        f"body{{background:#1e1e1e;color:#d4d4d4;font:15px {MONO}}}header{{background:#333;padding:"
        "10px}nav{position:absolute;width:220px;background:#252526;height:780px;padding:8px 16px}"
        "table{margin-left:220px;width:1060px}"
        ".n{color:#858585;width:50px;text-align:right}i{color:#569cd6}td{padding:2px;height:25px}",
        f"<header>Editor – {c['title']}</header><nav>{files}</nav><table>{lines}</table>",
    )


def _shop(c: Content) -> str:
    tiles = "".join(
        f"<div><svg width=190 height=130><rect width=190 height=130 fill='hsl({c['hues'][i]},30%,85%)'"
        f"/><circle cx=95 cy=65 r={30 + c['hues'][i] % 28} fill='hsl({c['hues'][i + 10]},50%,50%)'/>"
        f"</svg><br>{c['names'][i]}<br><b>{c['numbers'][i]:.2f} €</b></div>"
        for i in range(10)
    )
    return page(
        "header{background:#b03a2e;color:#fff;padding:20px;font-size:22px}div{display:inline-block;"
        "margin:18px 14px;padding:10px;border:1px solid #ddd}nav{padding:12px;background:#f6dddd}",
        f"<header>Sundry &nbsp; <small>{c['title']}</small></header><nav>New &nbsp; Home &nbsp; Garden"
        f" &nbsp; Kitchen &nbsp; Sale &nbsp; Help</nav>{tiles}",
    )


def _settings(c: Content) -> str:
    rows = "".join(
        f"<p><svg width=30 height=30><rect width=30 height=30 rx=7 fill='hsl({i * 40},70%,55%)'/></svg> "
        f"{c['names'][i].split()[0]} <span>{c['names'][i].split()[1] if i % 2 else '›'}</span>"
        for i in range(12)
    )
    return page(
        "body{background:#f2f2f7}h1{margin:10px 18px;font-size:30px}p{background:#fff;margin:0;"
        "padding:13px 16px;border-bottom:1px solid #ddd;font-size:17px}span{float:right;color:#888}",
        f"<small style='padding:12px 24px;display:block'>9:41 &nbsp; ▂▄▆</small><h1>Settings</h1>{rows}",
    )


def _feed(c: Content) -> str:
    posts = "".join(
        f"<p><b>{c['names'][i]}</b> · {i + 2} h<br>{c['lines'][i]} {c['lines'][i + 9]}<br>"
        f"<small>♡ {c['hues'][i]} &nbsp; ↺ {c['hues'][i + 9] // 7}</small>"
        for i in range(7)
    )
    return page(
        "p{margin:0;padding:14px 18px;border-bottom:1px solid #ddd;font-size:15px}small{color:#678}"
        "footer{position:fixed;bottom:0;width:100%;background:#fff;border-top:1px solid #ccc;"
        "padding:18px 30px;word-spacing:60px;font-size:20px}",
        f"<small style='padding:12px 24px;display:block'>9:41 &nbsp; ▂▄▆</small>{posts}"
        "<footer>⌂ ⌕ ✉ ☰</footer>",
    )


def _player(c: Content) -> str:
    a, b = c["hues"][:2]
    rows = "".join(f"<p>{c['names'][i]}<span>{i + 2}:{10 + i}</span>" for i in range(6))
    return page(
        "body{background:#121212;color:#fff}svg{display:block;margin:30px auto 20px}h2,h4{margin:6px "
        "30px}h4{color:#aaa}p{margin:10px 30px;color:#ccc}span{float:right}nav{text-align:center;"
        "font-size:36px;word-spacing:30px;margin:12px}",
        f"<svg width=300 height=300><rect width=300 height=300 fill='hsl({a},45%,40%)'/><circle cx="
        f"{60 + a // 2} cy={60 + b // 2} r={40 + b // 5} fill='hsl({b},60%,60%)'/></svg><h2>{c['title']}"
        f"</h2><h4>{c['names'][9]}</h4><nav>⏮ ▶ ⏭</nav>{rows}",
    )


def _calendar(c: Content) -> str:
    days = "".join(f"<th>{d}" for d in "MTWTFSS")
    cells = "".join(
        ("<tr>" if d % 7 == 0 else "")
        + f"<td{' class=o' if c['hues'][d % 30] % 5 == 0 else ''}>{d + 1 if d < 31 else ''}"
        for d in range(35)
    )
    rows = "".join(f"<p><b>{8 + i}:00</b> {c['lines'][i][:34]}" for i in range(7))
    return page(
        "h2{margin:14px 20px;color:#c0392b}td,th{text-align:center;padding:12px 0}.o{background:#fde;"
        "border-radius:50%}p{margin:0 16px;padding:12px 4px;border-top:1px solid #ddd}",
        f"<small style='padding:12px 24px;display:block'>9:41 &nbsp; ▂▄▆</small><h2>{c['title']}</h2>"
        f"<table><tr>{days}{cells}</table>{rows}",
    )


SCREENS = {
    "mail": _mail,
    "sheet": _sheet,
    "editor": _editor,
    "shop": _shop,
    "settings": _settings,
    "feed": _feed,
    "player": _player,
    "calendar": _calendar,
}


def draw_screen(template: str, content: Content) -> str:
    return SCREENS[template](content)
