"""One entry: what every kind of list has in it (phone, door, name, remark), and how items become part of a row."""

import re
from dataclasses import dataclass, field

from redvest.needs.importing import address, contacts, goods, inline, kinds, noise, quantities, wording
from redvest.needs.importing.doubts import Reason
from redvest.needs.importing.draft import Draft, Text
from redvest.needs.importing.items import Found, Reader
from redvest.needs.importing.layout import Piece
from redvest.needs.importing.listing import Purpose
from redvest.needs.importing.menu import Menu
from redvest.needs.importing.rows import Item
from redvest.needs.importing.vocabulary import Kind, ListKind, Need

_REMARK = re.compile(r"(?:备注|附言|注)\s?[:：][^\n]*")
_LABEL = re.compile(
    r"[\[(]?(?:姓名|名字|称呼|联系人|户主|电话号码|电话|手机号码?|手机|联系电话|联系方式|详细地址|"
    r"家庭住址|地址|住址|楼栋号?|楼号|栋号|单元号?|房间号?|房号|室号|门牌号?|小区|需求|需要|所需物资|物资|楼栋房号|楼房号|所需物品|所需药品|需求物品|物品清单|"
    r"物品|商品|收货人|自提人|收货地址|人员情况|家庭情况|基本情况|家庭成员|特殊情况|所需|"
    r"求助内容|内容|情况|诉求|药品名称|药名|药品|数量|规格|年龄|性别|病情|症状|紧急程度|"
    r"人数)\s?[\])]?\s?[:：]"
)
_CLAUSE = re.compile(r"[,;。!?\n]")
_NAME_EDGE = re.compile(r"[^\s,;、。/|+\-:()\ue000]+")
_PHONE_LABEL = re.compile(r"[\[(]?(?:联系)?(?:电话|手机|方式|tel|TEL|Tel|☎|📞)(?:号码|号)?[\])]?(?:是|为)?[\s:：]*$")
_FORM = {
    "building": re.compile(r"(?:楼栋号?|楼号|栋号|栋|幢)\s?[:：]\s?([0-9A-Za-z]{1,3})(?:栋|幢|号楼|号|座)?(?![0-9])"),
    "unit": re.compile(r"单元号?\s?[:：]\s?([0-9A-Za-z]{1,2})(?:单元)?(?![0-9])"),
    "room": re.compile(r"(?:房间号?|房号|室号|门牌号?|室)\s?[:：]\s?([^\s,;，；]{2,16})"),
}
_LINE_TITLE = re.compile(r"\s*([^\s0-9:\ue000]{2,20}):\s*\ue000")
_BEFORE_DOOR = re.compile(r"\s*([^\s0-9,;:()\ue000]{1,10})\s*\ue000")
_SHARING = re.compile(r"((?:\s?[、,/和与及&+]\s?[0-9]{3,4}(?:室|房)?)+)\s?(?=各|每户|每家|都|均|[:：])")
_STATUS_WORDS = re.compile(
    r"不需要|不用|不要|不订|不买|不团|取消|退订|退单|退|已经?|收到|领到|领|拿到|送到|买到|之前的?|昨天的?|"
    r"上次的?|刚才的?|原来的?|订的|买的|刚才?|了"
)


@dataclass(slots=True)
class Entry:
    """One door's words, with what they are read by: the purpose of the list, its menu, what stands around."""

    piece: Piece
    purpose: Purpose
    menu: Menu
    text: Text
    start: int
    end: int
    shared: list[str] = field(default_factory=list)  # more rooms of which the same is said: 304、305各2人

    def begin(self) -> tuple[Draft, str]:
        """The row with what every entry may have, and the remark that was set apart."""
        draft = Draft(self.piece.number, self.start, self.end, Kind.UNREAD)
        self._contact(draft)
        self._door(draft)
        remark = self._remark()
        self._name(draft)
        if not draft.name and self.piece.sender:
            draft.name = _called(self.piece.sender)
        return draft, remark

    def _contact(self, draft: Draft) -> None:
        found = contacts.phones(self.text.left)
        if found:
            draft.phone = found[0][2]
        said = contacts.SAID_NAME.search(self.text.left)
        if said:
            draft.name = said.group(1)
        for start, end, _number in found:
            before = _PHONE_LABEL.search(self.text.left, max(0, start - 16), start)
            self.text.mask(before.start() if before else start, end)
        if said:
            self.text.mask(*said.span())
        for start, end in noise.spans(self.text.left):
            self.text.mask(start, end)

    def _door(self, draft: Draft) -> None:
        piece = self.piece
        found = self._labelled_door() or address.find(self.text.left, inside=piece.building)
        if found is None and piece.building[-1:] in ("组", "社", "队"):
            found = address.in_group(self.text.left)
        if found is not None:
            draft.estate, draft.building, draft.unit, draft.room = found.estate, found.building, found.unit, found.room
            written = self.text.plain.text[found.start : found.end].rstrip()
            for reason in found.doubts:
                draft.doubt(reason, *self.text.source(found.start, found.start + len(written)), text=written.strip())
            dot = re.match(r"[.](?=[0-9]{1,2}(?![0-9.]))", self.text.left[found.end :])  # 7.301.2把
            self.text.mask(found.start, found.end + (1 if dot else 0))
            self._sharing(found.end)
        elif piece.sender and (own := address.find(piece.sender)) is not None:
            draft.estate, draft.building, draft.unit, draft.room = own.estate, own.building, own.unit, own.room
            draft.doubt(Reason.PLACE_FROM_SENDER, *piece.sender_at)
        if draft.room and not draft.building and piece.building:
            draft.building = piece.building
            draft.unit = draft.unit or piece.unit
            draft.doubt(Reason.PLACE_FROM_HEADING, *piece.place_at)
        elif draft.room and not draft.unit and piece.unit and draft.building in ("", piece.building):
            draft.unit = piece.unit
            draft.doubt(Reason.PLACE_FROM_HEADING, *piece.place_at)

    def _sharing(self, position: int) -> None:
        hit = _SHARING.match(self.text.left, position)
        if hit:
            self.shared = re.findall(r"[0-9]{3,4}", hit.group(1))
            self.text.mask(hit.start(1), hit.end(1))

    def _labelled_door(self) -> address.Address | None:
        """楼栋：3 单元：2 房号：1203, the parts of a form."""
        text = self.text.left
        parts: dict[str, re.Match[str]] = {}
        for key, pattern in _FORM.items():
            hit = pattern.search(text)
            if hit:
                parts[key] = hit
        if "room" not in parts or (len(parts) < 2 and address.find(text) is not None and address.find(text).building):  # type: ignore[union-attr]
            return None
        start, end = min(hit.start() for hit in parts.values()), max(hit.end() for hit in parts.values())
        made = address.Address(start, start)
        room = address.find(parts["room"].group(1))
        if room is None:
            return None
        made.building, made.unit, made.room, made.doubts = room.building, room.unit, room.room, room.doubts
        made.building = parts["building"].group(1).upper().lstrip("0") if "building" in parts else made.building
        within = room.building if "building" in parts and not room.unit else made.unit  # 楼栋 9, 房号 1-203
        made.unit = parts["unit"].group(1).upper().lstrip("0") if "unit" in parts else within
        for hit in parts.values():
            self.text.mask(*hit.span())
        made.start = made.end = start
        del end
        return made

    def _remark(self) -> str:
        hit = _REMARK.search(self.text.left)
        if hit is None:
            return ""
        words = self.text.plain.text[hit.start() : hit.end()]
        self.text.mask(*hit.span())
        return re.sub(r"^[^:：]*[:：]\s*", "", words).strip()

    def _name(self, draft: Draft) -> None:
        for hit in _LABEL.finditer(self.text.left):
            if not re.match(r"人数|数量", hit.group().lstrip("[(")):
                self.text.mask(*hit.span())
        if draft.name:
            return
        self._heading(draft)
        for hit in _NAME_EDGE.finditer(self.text.left):
            word = hit.group()
            if (
                (contacts.is_name(word) or (self.purpose.kind is not ListKind.FREE and contacts.is_surname(word)))
                and (contacts.is_titled(word) or not goods.is_goods(word))
                and kinds.status(word) is None
                and not wording.is_empty(word)
                and not self.menu.named(word)
            ):
                draft.name = word
                self.text.mask(*hit.span())
                return
        self._nickname(draft)

    def _heading(self, draft: Draft) -> None:
        """Words with a colon before the first door of a line are its title: 馒头花卷：22-101馒头10个."""
        hit = _LINE_TITLE.match(self.text.left)
        if hit and draft.room and self.purpose.kind is not ListKind.FREE:
            self.text.mask(hit.start(1), hit.end(1))

    def _nickname(self, draft: Draft) -> None:
        """In a list, a word before the door is what somebody calls himself: Lisa 5-1204."""
        before = _BEFORE_DOOR.match(self.text.left)
        if before is None or not draft.room or self.purpose.kind is ListKind.FREE:
            return
        word = before.group(1)
        known = goods.is_goods(word) or self.menu.named(word) or kinds.status(word) is not None
        if not known and not wording.is_empty(word) and not quantities.find(word):
            draft.name = word
            self.text.mask(*before.span(1))

    def by_status(self, words: str, found: list[Found]) -> tuple[list[tuple[Kind, list[Found]]], list[Found]]:
        """Items in a clause that says cancelled or received are rows of that kind; the others stay."""
        taken: dict[Kind, list[Found]] = {}
        inside: list[tuple[int, int]] = []
        start = 0
        for end in [*(hit.start() for hit in _CLAUSE.finditer(words)), len(words)]:
            status = kinds.status(words[start:end])
            if status in (Kind.CANCELLED, Kind.DONE):
                inside.append((start, end))
                plain = _STATUS_WORDS.sub(lambda hit: " " * len(hit.group()), words[start:end])
                for each in Reader(self.menu, self.purpose.only).read(plain):
                    moved = Found(each.item, each.start + start, each.end + start, each.doubts)
                    if Reason.QUANTITY_ASSUMED in moved.doubts:
                        moved = Found(Item(each.item.name, None, ""), moved.start, moved.end)
                    if (goods.is_goods(moved.item.name) or self.menu.named(moved.item.name)) and (
                        moved.item.quantity or len(moved.item.name) > 1
                    ):
                        taken.setdefault(status, []).append(moved)
            start = end + 1
        kept = [each for each in found if not any(low <= each.start < high for low, high in inside)]
        return list(taken.items()), kept

    def like(self, draft: Draft, kind: Kind) -> Draft:
        made = Draft(
            draft.entry, draft.start, draft.end, kind, draft.estate, draft.building, draft.unit, draft.room,
            name=draft.name, phone=draft.phone,
        )  # fmt: skip
        made.doubts = list(draft.doubts)
        return made

    def put(self, draft: Draft, found: list[Found]) -> None:
        for each in found:
            draft.items.append(each.item)
            for reason in each.doubts:
                span = self.text.source(each.start, each.end)
                draft.doubt(reason, *span, text=self.text.plain.text[each.start : each.end].strip())
        lanes = [need for each in found if (need := goods.need_of(each.item.name)) is not None]
        draft.need = min(lanes, key=list(Need).index) if lanes else draft.need

    def leave(self, draft: Draft, words: str, spans: list[tuple[int, int]]) -> None:
        """What is left over goes into the note; it is a doubt when it holds a number or nothing else was read."""
        rest = inline.masked(words, spans)
        parts = [part.strip(" \t:=-~x×*X+./|、") for part in re.split(r"[,;。\n\ue000]+", rest)]
        left = [part for part in parts if part and not wording.is_empty(wording.strip_name(part) or part)]
        draft.note = "，".join(dict.fromkeys(left))
        odd = [part for part in left if re.search(r"[0-9]", part)]
        if odd:
            draft.doubt(Reason.WORDS_LEFT, self.start, self.end, text=" ".join(odd))

    def note(self, whole: str) -> str:
        return re.sub(r"\s*\n\s*", "；", whole.strip())

    def judge(self, draft: Draft) -> None:
        if not draft.room and draft.kind not in (Kind.INFORMATION, Kind.UNREAD):
            draft.doubt(Reason.NO_ROOM, self.start, self.end)
        several = _other_door(self.text.left)
        if draft.room and several is not None and draft.kind is not Kind.INFORMATION:
            draft.doubt(Reason.SEVERAL_ROOMS, *self.text.source(*several))


def _called(sender: str) -> str:
    """The name in a chat name such as 3-502赵敏."""
    door = address.find(sender)
    left = sender[: door.start] + sender[door.end :] if door else sender
    name = left.strip(" -_()[]:,.")
    return name if contacts.is_name(name) else ""


def _other_door(left: str) -> tuple[int, int] | None:
    found = address.find(left)
    if found is None or found.bare or found.spaced or not found.building:
        return None
    return found.start, found.end
