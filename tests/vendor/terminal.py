#!/usr/bin/env python3
"""A terminal in plain Python, written from engine/docs/guides/terminal-vendor.md alone.

It signs in, sells with the personal account and with a bank debit, loses an answer, enquires and refunds.
Standard library and the openssl command only. Against a running engine (npm start):

    python3 tests/vendor/terminal.py
    python3 tests/vendor/terminal.py --vectors     only compares its own arithmetic with terminal-vectors.json
"""
import argparse, base64, hashlib, http.client, json, math, os, secrets, socket, subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
PLACE, PERSON = "dongguanPharmacy", "dongguan-pharmacy-buyer"
MEDICAL_PIN, BANK_PIN = "528719", "147369"
TREE = 'y=("@status" "content-digest" "signature";req;key="y");alg="ed25519-tree"'


# --- cryptography: the openssl command -----------------------------------------------------------------------

def openssl(*args, data=b""):
    return subprocess.run(["openssl", *args], input=data, capture_output=True, check=True).stdout


def sha256(data):
    return hashlib.sha256(data).digest()


def block_cipher(name, key, data, decrypt=False):
    """ECB without padding; name is sm4-ecb or des-ede."""
    mode = "-d" if decrypt else "-e"
    return openssl("enc", f"-{name}", mode, "-K", key.hex(), "-nopad", "-nosalt", data=data)


def hmac_sm3(key, data):
    return openssl("dgst", "-sm3", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary", data=data)


def with_files(*contents):
    folder = tempfile.TemporaryDirectory()
    paths = []
    for index, content in enumerate(contents):
        path = Path(folder.name) / str(index)
        path.write_bytes(content)
        paths.append(str(path))
    return folder, paths


def ed25519_sign(private_der, data):
    folder, (key, message) = with_files(private_der, data)
    with folder:
        return openssl("pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", key, "-in", message)


def ed25519_verify(public_der, data, signature):
    folder, (key, message, signed) = with_files(public_der, data, signature)
    with folder:
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", key,
             "-in", message, "-sigfile", signed], capture_output=True).returncode == 0


def xor(left, right):
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


# --- section 2: signing a request ----------------------------------------------------------------------------

def digest_of(body):
    return "sha-256=:" + base64.b64encode(sha256(body)).decode() + ":"


def signature_params(created, nonce, keyid, algorithm):
    return (f'("@method" "@path" "@query" "content-digest");created={created};nonce="{nonce}"'
            f';keyid="{keyid}";alg="{algorithm}"')


def request_base(method, target, body, params):
    path, mark, query = target.partition("?")
    return "\n".join([f'"@method": {method}', f'"@path": {path}', f'"@query": ?{query}',
                      f'"content-digest": {digest_of(body)}', f'"@signature-params": {params}']).encode()


# --- section 3: keys of the sign-in --------------------------------------------------------------------------

def unwrap(cipher, master, wrapped):
    raw = bytes.fromhex(wrapped)
    key = block_cipher(cipher, master, raw[:16], decrypt=True)
    zeros = bytes(16 if cipher == "sm4-ecb" else 8)
    if block_cipher(cipher, key, zeros)[:4] != raw[16:]:
        raise ValueError("the check value of a key is wrong")
    return key


# --- section 4: checking an answer ---------------------------------------------------------------------------

def answer_base(status, digest, request_signature, params):
    return "\n".join([f'"@status": {status}', f'"content-digest": {digest}',
                      f'"signature";req;key="y": :{request_signature}:',
                      f'"@signature-params": {params}']).encode()


def tree_root(base, value):
    """What the answer key must have signed, and its signature; None when the path is not right."""
    root_signature, rest = value[:64], value[64:]
    index, size = int.from_bytes(rest[:2], "big"), int.from_bytes(rest[2:4], "big")
    path = rest[4:]
    if len(rest) < 4 or index >= size or size > 256:
        return None
    node, width = sha256(b"\0" + base), size
    while width > 1:
        if not (index % 2 == 0 and index == width - 1):
            sibling, path = path[:32], path[32:]
            if len(sibling) < 32:
                return None
            node = sha256(b"\1" + (node + sibling if index % 2 == 0 else sibling + node))
        index, width = index // 2, (width + 1) // 2
    if path:
        return None
    return b"yikatong answers 1\n" + size.to_bytes(2, "big") + node, root_signature


def is_answer_good(answer_key, request_signature, status, headers, body):
    digest = headers.get("content-digest")
    if digest != digest_of(body):
        return False
    signature_input, signature = headers.get("signature-input", ""), headers.get("signature", "")
    public = base64.b64decode(answer_key["publicKey"])
    covered = f'("@status" "content-digest" "signature";req;key="y");keyid="{answer_key["keyId"]}"'
    for algorithm in ("ed25519", "ed25519-tree"):
        params = f'{covered};alg="{algorithm}"'
        if signature_input != "y=" + params or not (signature.startswith("y=:") and signature.endswith(":")):
            continue
        value = base64.b64decode(signature[3:-1])
        base = answer_base(status, digest, request_signature, params)
        if algorithm == "ed25519":
            return ed25519_verify(public, base, value)
        signed = tree_root(base, value)
        return signed is not None and ed25519_verify(public, *signed)
    return False


# --- sections 5 and 8: the card, over the socket of `yikatong card serve` -----------------------------------

class Card:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.lines = self.socket.makefile("rw", encoding="utf-8", newline="\n")

    def order(self, **order):
        self.lines.write(json.dumps(order) + "\n")
        self.lines.flush()
        reply = json.loads(self.lines.readline())
        if not reply["ok"]:
            raise RuntimeError(f'card: {reply["code"]}')
        return reply

    def apdu(self, command):
        """One command to its whole answer; 61xx and 6Cxx as a T=0 reader leaves them."""
        response = bytes.fromhex(self.order(op="apdu", command=command.hex())["response"])
        data, sw = response[:-2], response[-2:]
        if sw[0] == 0x6C:
            return self.apdu(command[:-1] + sw[1:])
        if sw[0] == 0x61:
            more, sw = self.apdu(bytes([0x00, 0xC0, 0x00, 0x00, sw[1]]))
            return data + more, sw
        return data, sw

    def must(self, command):
        data, sw = self.apdu(bytes.fromhex(command) if isinstance(command, str) else command)
        if sw != b"\x90\x00":
            raise RuntimeError(f"the card says {sw.hex()}")
        return data

    def close(self):
        self.lines.close()
        self.socket.close()


SOCIAL_SECURITY = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF00"


def read_card(card):
    card.must(SOCIAL_SECURITY)
    card.must("00A4020002EF05")
    records = {}
    for number in range(1, 17):
        data, sw = card.apdu(bytes([0x00, 0xB2, number, 0x04, 0x00]))
        if sw == b"\x6a\x83":
            break
        records[data[0]] = data[2:2 + data[1]]

    def day(value):
        text = value.hex().upper()
        return None if text in ("00000000", "FFFFFFFF") else f"{text[:4]}-{text[4:6]}-{text[6:]}"

    def text(tag):
        return records[tag].decode("gbk").rstrip("\0 ")

    return {"cardId": records[1].hex().upper(), "cardNumber": text(7), "cardClass": text(2),
            "specVersion": text(3), "issuedOn": day(records[5]), "expiresOn": day(records[6])}


def prove(card, factor, source):
    card.must(SOCIAL_SECURITY)
    return card.must(bytes.fromhex("0088000010" + factor + source + "08")).hex().upper()


def read_tlv(data):
    """Tags and values, templates with what is in them."""
    found, at = {}, 0
    while at < len(data):
        if data[at] == 0:
            at += 1
            continue
        start = at
        at += 1
        if data[start] & 0x1F == 0x1F:
            while data[at] & 0x80:
                at += 1
            at += 1
        tag, length = data[start:at].hex().upper(), data[at]
        at += 1
        if length > 0x80:
            count = length - 0x80
            length, at = int.from_bytes(data[at:at + count], "big"), at + count
        value = data[at:at + length]
        at += length
        found.setdefault(tag, value)
        if data[start] & 0x20:
            for inner, content in read_tlv(value).items():
                found.setdefault(inner, content)
    return found


def read_dol(dol):
    entries, at = [], 0
    while at < len(dol):
        start = at
        at += 1
        if dol[start] & 0x1F == 0x1F:
            while dol[at] & 0x80:
                at += 1
            at += 1
        entries.append((dol[start:at].hex().upper(), dol[at]))
        at += 1
    return entries


NUMBERS = "5F2A 9A 9C 9F02 9F03 9F1A 9F21 9F35 9F41".split()
FIELD_55 = ("9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41").split()


def fill_dol(dol, values):
    parts = []
    for tag, length in read_dol(dol):
        value = values.get(tag, b"")
        if tag in NUMBERS:
            parts.append(value[max(0, len(value) - length):].rjust(length, b"\0"))
        else:
            parts.append(value[:length].ljust(length, b"\0"))
    return b"".join(parts)


def command(header, data, le=b"\0"):
    return bytes.fromhex(header) + bytes([len(data)]) + data + le


def tlv(tag, value):
    length = bytes([len(value)]) if len(value) < 0x80 else bytes([0x81, len(value)])
    return bytes.fromhex(tag) + length + value


class BankApplication:
    """Sections 8.1 to 8.3, and the card's word on the bank's answer."""

    def __init__(self, card, serial):
        self.card, self.serial = card, serial

    def authorise(self, amount, running_number):
        now = datetime.now(timezone(timedelta(hours=8)))
        h = bytes.fromhex
        values = {
            "9F02": h(amount.replace(".", "").rjust(12, "0")), "9F03": bytes(6), "9F1A": h("0156"),
            "5F2A": h("0156"), "95": h("8000040000"), "9A": h(now.strftime("%y%m%d")), "9C": h("00"),
            "9F37": secrets.token_bytes(4), "9F33": h("E0F0C8"), "9F34": h("420300"), "9F35": h("22"),
            "9F09": h("0020"), "9F1E": self.serial.encode("ascii"), "9F41": h(f"{running_number:08d}"),
            "9F21": h(now.strftime("%H%M%S")), "84": h("A000000333010101")}
        selected = read_tlv(self.card.must("00A4040008A00000033301010100"))
        asked = fill_dol(selected.get("9F38", b""), values)
        started = read_tlv(self.card.must(command("80A80000", tlv("83", asked))))
        aip, afl = (started["80"][:2], started["80"][2:]) if "80" in started else (started["82"], started["94"])
        values["82"] = aip
        records = {}
        for at in range(0, len(afl), 4):
            for number in range(afl[at + 1], afl[at + 2] + 1):
                records |= read_tlv(self.card.must(bytes([0x00, 0xB2, number, afl[at] | 0x04, 0x00])))
        self.cdol2, self.values = records["8D"], values
        self.generate("80", fill_dol(records["8C"], values))
        if self.values["9F27"][0] & 0xC0 != 0x80:
            raise RuntimeError("the card refuses to ask its bank")
        digits = lambda tag: records[tag].hex().upper().rstrip("F")
        return {"pan": digits("5A"), "panSequence": records.get("5F34", b"\0").hex(),
                "expiry": digits("5F24")[:4], "track2": digits("57"), "entryMode": "051",
                "chipData": b"".join(tlv(tag, self.values[tag]) for tag in FIELD_55).hex().upper()}

    def generate(self, kind, data):
        answer = read_tlv(self.card.must(command(f"80AE{kind}00", data)))
        if "80" in answer:
            plain = answer["80"]
            answer = {"9F27": plain[:1], "9F36": plain[1:3], "9F26": plain[3:11], "9F10": plain[11:]}
        for tag in ("9F27", "9F36", "9F26", "9F10"):
            self.values[tag] = answer[tag]

    def finish(self, bank):
        """False: the card does not believe that its bank approved."""
        self.values["8A"] = (bank["responseCode"] or "00").encode("ascii")
        if bank.get("issuerAuthData"):
            data = bytes.fromhex(bank["issuerAuthData"])
            _, sw = self.card.apdu(command("00820000", data, b""))
            if sw == b"\x63\x00":
                results = self.values["95"]
                self.values["95"] = results[:4] + bytes([results[4] | 0x40])
            elif sw != b"\x90\x00":
                raise RuntimeError(f"the card says {sw.hex()}")
        self.generate("40", fill_dol(self.cdol2, self.values))
        return self.values["9F27"][0] & 0xC0 == 0x40


# --- sections 6 and 8: PIN blocks ----------------------------------------------------------------------------

def medical_pin_block(key, card_id, pin, random=None):
    digits = "".join("0123456789012345"[int(digit, 16)] for digit in card_id[-12:])
    field = bytes.fromhex(f"4{len(pin):X}{pin}".ljust(16, "A")) + (random or secrets.token_bytes(8))
    account = bytes.fromhex(("0" + digits).ljust(32, "0"))
    return block_cipher("sm4-ecb", key, xor(block_cipher("sm4-ecb", key, field), account)).hex().upper()


def bank_pin_block(key, pan, pin):
    field = bytes.fromhex(f"0{len(pin):X}{pin}".ljust(16, "F"))
    account = bytes.fromhex("0000" + pan[:-1][-12:])
    return block_cipher("des-ede", key, xor(field, account)).hex().upper()


# --- the terminal --------------------------------------------------------------------------------------------

class Unknown(Exception):
    """Money may have moved: enquire (section 11)."""


class Refused(Exception):
    def __init__(self, problem):
        super().__init__(f'{problem["code"]}: {problem["message"]["zh"]} / {problem["message"]["en"]}')
        self.problem = problem


class Terminal:
    def __init__(self, config, takes_tree=False):
        self.address = urlsplit(config["baseUrls"][0])
        self.id = config["terminal"]["terminalId"]
        self.device_key = base64.b64decode(config["terminal"]["privateKey"])
        self.master_key = bytes.fromhex(config["terminal"]["masterKey"])
        self.bank_master_key = bytes.fromhex(config["bankMasterKey"])
        self.answer_key = config["trustedAnswerKey"]
        self.takes_tree, self.offset, self.mac_key = takes_tree, 0.0, None

    def signed(self, method, target, body, algorithm):
        created = math.ceil(time.time() + self.offset)
        nonce = base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()
        params = signature_params(created, nonce, self.id, algorithm)
        base = request_base(method, target, body, params)
        signature = (ed25519_sign(self.device_key, base) if algorithm == "ed25519"
                     else hmac_sm3(self.mac_key, base))
        text = base64.b64encode(signature).decode()
        headers = {"Content-Digest": digest_of(body), "Signature-Input": "y=" + params, "Signature": f"y=:{text}:"}
        if body:
            headers["Content-Type"] = "application/json"
        if self.takes_tree:
            headers["Accept-Signature"] = TREE
        return headers, text

    def send(self, method, target, body=b"", algorithm="hmac-sm3", lose_answer=False):
        """Section 11: gives a document, or raises Refused or Unknown. Repeats only what moved no money."""
        corrected, patience = False, 3
        while True:
            status, headers, document = self.exchange(method, target, body, algorithm, lose_answer)
            if status == 202 or document.get("outcome") == "unknown":
                raise Unknown(document["code"])
            if status in (200, 201) and document.get("outcome") != "declined":
                return document
            code = document["code"]
            if code == "REQUEST_STALE" and not corrected:
                self.set_clock(document["serverTime"])
                corrected = True
            elif code in ("REQUEST_REPLAYED", "REQUEST_STALE") or document.get("moneyEffect") == "unknown":
                raise Unknown(code)
            elif document.get("retry") == "same-key" and patience > 0:
                time.sleep(int(headers.get("retry-after", "1")))
                patience -= 1
            else:
                raise Refused(document)

    def exchange(self, method, target, body, algorithm, lose_answer):
        """One request to its verified answer; Unknown when there is none."""
        headers, signature = self.signed(method, target, body, algorithm)
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=30)
        try:
            connection.request(method, target, body or None, headers)
            if lose_answer:
                time.sleep(1)
                raise Unknown("the answer was lost on purpose")
            answer = connection.getresponse()
            content = answer.read()
        except ConnectionRefusedError as error:
            raise SystemExit("no engine answers: run npm start first") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unknown(str(error)) from error
        finally:
            connection.close()
        got = {name.lower(): value for name, value in answer.getheaders()}
        if not is_answer_good(self.answer_key, signature, answer.status, got, content):
            raise Unknown("an answer without a valid signature")
        self.last_headers = got
        return answer.status, got, json.loads(content)

    def set_clock(self, server_time):
        self.offset = datetime.fromisoformat(server_time).timestamp() - time.time()

    def post(self, target, document, **options):
        return self.send("POST", target, json.dumps(document, ensure_ascii=False).encode(), **options)

    def sign_in(self):
        answer = self.post("/v1/terminals/sign-in", {"terminalId": self.id}, algorithm="ed25519")
        self.set_clock(answer["serverTime"])
        self.mac_key = unwrap("sm4-ecb", self.master_key, answer["macKey"])
        self.pin_key = unwrap("sm4-ecb", self.master_key, answer["pinKey"])
        if answer["bankPinKey"] is not None:
            self.bank_pin_key = unwrap("des-ede", self.bank_master_key, answer["bankPinKey"])
        self.serial, self.today, self.signed_in = answer["bankTerminalId"], answer["businessDate"], answer
        return answer

    def enquire(self, request_key):
        """The stored record, once it is final."""
        for _ in range(60):
            items = self.send("GET", f"/v1/settlements?requestKey={request_key}")["items"]
            if items and items[0]["state"] == "final" and items[0]["status"] != 202:
                return items[0]
            time.sleep(1)
        raise Unknown("the outcome stays open")


def bill_of(total, today, *lines):
    rows = [{"lineNo": str(index), "code": code, "name": name, "quantity": "1", "unitPrice": price, "amount": price}
            for index, (code, name, price) in enumerate(lines, start=1)]
    return {"careType": "41", "serviceDate": today, "totalAmount": total, "lines": rows}


def prepare_sale(terminal, card, bill, use_account, pay):
    """Everything before money can move; gives the request's body and, for a bank debit, the bank application."""
    public = read_card(card)
    quote = terminal.post("/v1/quotes", {"card": public, "bill": bill, "useAccount": use_account})
    expected = quote["amounts"]["patientPay"]
    block = medical_pin_block(terminal.pin_key, public["cardId"], MEDICAL_PIN)
    challenge = terminal.post("/v1/challenges", {"cardId": public["cardId"], "totalAmount": bill["totalAmount"]})
    chip = {"challenge": challenge["challenge"],
            "cryptogram": prove(card, challenge["factor"], challenge["source"])}
    bank, tender = None, {"kind": "cash", "expected": expected}
    if pay == "bank" and expected != "0.00":
        bank = BankApplication(card, terminal.serial)
        data = bank.authorise(expected, int(time.time()) % 99_999_999 + 1)
        tender = {"kind": "bank-debit", "expected": expected,
                  "pinBlock": bank_pin_block(terminal.bank_pin_key, data["pan"], BANK_PIN), **data}
    key = base64.urlsafe_b64encode(secrets.token_bytes(18)).decode()
    body = {"requestKey": key, "card": public, "chip": chip, "pin": {"block": block}, "bill": bill,
            "useAccount": use_account, "tender": tender}
    return body, bank


def journal(folder, request_key, state):
    """Section 7.3: on disk before the request leaves."""
    with open(Path(folder) / "journal.txt", "a", encoding="ascii") as file:
        file.write(f"{request_key} {state}\n")
        file.flush()
        os.fsync(file.fileno())


def require(condition, what):
    if not condition:
        raise SystemExit(f"not as it should be: {what}")


def say(text):
    print(text, flush=True)


# --- the trial -----------------------------------------------------------------------------------------------

def trial(config, card_port, folder):
    terminal = Terminal(config)
    terminal.sign_in()
    say(f"signed in {terminal.signed_in['signNo']}")
    card = Card(card_port)
    settled = []

    bill = bill_of("6.50", terminal.today, (None, "棉签", "6.50"))
    body, _ = prepare_sale(terminal, card, bill, False, "cash")
    journal(folder, body["requestKey"], "sent")
    sale = terminal.post("/v1/settlements", body)
    require(sale["amounts"]["cashPay"] == "6.50", "cash pays")
    settled.append(sale)
    say(f"sold for cash {sale['settlementId']}")

    bill = bill_of("13.55", terminal.today, ("XB01ACA056A012020279489", "阿司匹林肠溶片", "13.55"))
    body, _ = prepare_sale(terminal, card, bill, True, "cash")
    journal(folder, body["requestKey"], "sent")
    sale = terminal.post("/v1/settlements", body)
    require(sale["amounts"]["accountPay"] == "13.55", "the account pays")
    settled.append(sale)
    say(f"sold with the account {sale['settlementId']}: account {sale['amounts']['accountPay']}")

    bill = bill_of("3.30", terminal.today, (None, "棉签", "1.10"), (None, "纱布", "2.20"))
    body, bank = prepare_sale(terminal, card, bill, False, "bank")
    journal(folder, body["requestKey"], "sent")
    sale = terminal.post("/v1/settlements", body)
    require(sale["amounts"]["bankPay"] == "3.30", "the bank pays")
    require(bank.finish(sale["bank"]), "the card accepts its bank")
    settled.append(sale)
    say(f"sold by bank debit {sale['settlementId']}")

    body, bank = prepare_sale(terminal, card, bill, False, "bank")
    key = body["requestKey"]
    journal(folder, key, "sent")
    try:
        terminal.post("/v1/settlements", body, lose_answer=True)
    except Unknown as lost:
        say(f"lost: {lost}")
    found = terminal.enquire(key)
    require(found["status"] == 200, "the lost sale was approved")
    again = terminal.post("/v1/settlements", body)
    require(terminal.last_headers.get("idempotent-replay") == "true", "the stored answer comes")
    require(again["settlementId"] == found["settlementId"], "the same settlement")
    require(bank.finish(again["bank"]), "the card accepts its bank, late")
    settled.append(again)
    say(f"found again {again['settlementId']}")

    quote_with_tree(config, terminal)
    for sale in settled:
        refund(terminal, folder, sale)
    card.close()
    say("done")


def quote_with_tree(config, terminal):
    """Many at once, so that answers share a signature."""
    second = Terminal(config, takes_tree=True)
    second.mac_key, second.offset = terminal.mac_key, terminal.offset

    def ask(_):
        second.send("GET", f"/v1/settlements?requestKey={secrets.token_urlsafe(18)}")

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(ask, range(24)))
    require("ed25519-tree" in second.last_headers["signature-input"], "the second form comes when it is asked for")
    say("answers of the second form verified")


def refund(terminal, folder, sale):
    target = f"/v1/settlements/{sale['settlementId']}/refunds"
    lines = [line["lineNo"] for line in sale["lines"]]
    back = []
    for part in ([lines[:1]] if len(lines) > 1 else []) + [None]:
        key = base64.urlsafe_b64encode(secrets.token_bytes(18)).decode()
        journal(folder, key, "sent")
        answer = terminal.post(target, {"requestKey": key, **({"lines": part} if part else {})})
        back.append(int(answer["amounts"]["total"].replace(".", "")))
    total = int(sale["amounts"]["total"].replace(".", ""))
    require(sum(back) == total, "all of it went back")
    say(f"refunded {sale['settlementId']} in {len(back)}")


# --- terminal-vectors.json -----------------------------------------------------------------------------------

def check_vectors():
    path = ROOT / "engine/docs/guides/terminal-vectors.json"
    vectors = json.loads(path.read_text(encoding="utf-8"))
    keys, terminal, requests = vectors["sessionKeys"], vectors["terminal"], vectors["requests"]
    for name, cipher in (("pinKey", "sm4-ecb"), ("macKey", "sm4-ecb"), ("bankPinKey", "des-ede")):
        key = keys[name]
        opened = unwrap(cipher, bytes.fromhex(key["under"]), key["wrapped"]).hex().upper()
        require(opened == key["clear"], name)
    for name, request in requests.items():
        body, headers = request["body"].encode(), request["headers"]
        require(headers["Content-Digest"] == digest_of(body), f"{name}: digest")
        base = request_base(request["method"], request["target"], body, headers["Signature-Input"][2:])
        require(base.decode() == request["base"], f"{name}: base")
        signature = (ed25519_sign(base64.b64decode(terminal["privateKey"]), base) if name == "signIn"
                     else hmac_sm3(bytes.fromhex(keys["macKey"]["clear"]), base))
        require(headers["Signature"] == f"y=:{base64.b64encode(signature).decode()}:", f"{name}: signature")
    asked = requests["enquiry"]["headers"]["Signature"][3:-1]
    for form in ("plain", "tree"):
        answer = vectors["answers"][form]
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        given = (terminal["answerKey"], asked, answer["status"], headers)
        require(is_answer_good(*given, answer["body"].encode()), f"{form} answer")
        require(not is_answer_good(*given, answer["body"].encode() + b" "), f"{form} answer, spoilt")
    pin = vectors["medicalPin"]
    block = medical_pin_block(bytes.fromhex(pin["key"]), pin["cardId"], pin["pin"], bytes.fromhex(pin["random"]))
    require(block == pin["block"], "medical PIN block")
    pin = vectors["bankPin"]
    require(bank_pin_block(bytes.fromhex(pin["key"]), pin["pan"], pin["pin"]) == pin["block"], "bank PIN block")
    say("vectors agree")


# --- set-up --------------------------------------------------------------------------------------------------

def yikatong(*args):
    return ["npm", "run", "--silent", "yikatong", "--", *args]


def run(url):
    place = ["--at", PLACE, "--person", PERSON]
    with tempfile.TemporaryDirectory() as folder:
        config_file = Path(folder) / "counter.json"
        subprocess.run(yikatong("counter", *place, "--url", url, "--out", str(config_file)),
                       cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        served = subprocess.Popen(yikatong("card", "serve", *place), cwd=ROOT, stdout=subprocess.PIPE, text=True,
                                  start_new_session=True)
        try:
            port = int(served.stdout.readline().rsplit(":", 1)[1])
            trial(json.loads(config_file.read_text(encoding="utf-8")), port, folder)
        finally:
            os.killpg(served.pid, 15)
            served.wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url", default="http://127.0.0.1:8080")
    options.add_argument("--vectors", action="store_true")
    given = options.parse_args()
    check_vectors()
    if not given.vectors:
        run(given.url)
