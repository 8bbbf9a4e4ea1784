/** The life of one card, step by step: what is asked, what came of it, and what the counter says in between. */
import type { CardOrderBody } from '../../../contract/cards.ts';
import type { IssuedCard } from '../../../sandbox/issuer/issue-card.ts';
import { type DemoCounter, type HeldCard, heldCard, type WindowPinPad } from './demo-counter.ts';
import type { LifeDocument, Officer } from './demo-office.ts';

/** What the demonstration goes on with after each step. */
export type DemoSite = {
  readonly cardOfficer: Officer;
  readonly bankOfficer: Officer;
  readonly window: WindowPinPad;
  readonly counter: DemoCounter;
};

export type DemoStep = {
  readonly zh: string;
  readonly en: string;
  /** What should have come of it, and what did: "done", "approved", or a code. */
  readonly expected: string;
  readonly found: string;
  readonly detail: string;
  /** Read back afterwards. */
  readonly cards: LifeDocument['cards'];
};

export type DemoScript = {
  readonly first: IssuedCard;
  readonly second: IssuedCard;
  readonly site: () => DemoSite;
  /** Lets so many days pass. */
  readonly passDays: (days: number) => Promise<void>;
  readonly told: (step: DemoStep) => void;
};

type Words = { readonly zh: string; readonly en: string };
const PIN = '385172';
const OTHER_PIN = '640913';
const WRONG_PIN = '111222';
const FIRST_PIN = '123456';
const form = { issuingBank: '102', delivery: 'window' } as const;

/** Runs the whole life. */
export async function playLife(script: DemoScript): Promise<void> {
  const play = createPlay(script);
  const [card, other] = [
    heldCard(script.first.personalisation),
    heldCard(script.second.personalisation),
  ];
  await issueFirst(play, card);
  await lockAndUnlock(play, card);
  await loseByTelephone(play, card);
  await replaceLost(play, card, other);
  await endLife(play, card, other);
}

type Play = ReturnType<typeof createPlay>;

function createPlay({ first, second, site, passDays, told }: DemoScript) {
  const report = async (words: Words, expected: string, found: string, detail: string) => {
    const { cards } = await site().cardOfficer.readLife();
    told({ ...words, expected, found, detail, cards });
  };
  const order = async (words: Words, body: CardOrderBody, expected = 'done', by?: 'bank') => {
    const officer = by === 'bank' ? site().bankOfficer : site().cardOfficer;
    const { isDone, code, detail } = await officer.order(body, words.en);
    await report(words, expected, isDone ? 'done' : code, detail);
  };
  const sell = async (words: Words, card: HeldCard, pin: string, expected: string) => {
    await report(words, expected, await site().counter.sell(card, pin), '');
  };
  const enter = (cardId: string, pin: string) => site().window.enter(cardId, pin);
  return { first: first.card, second: second.card, order, sell, enter, passDays };
}

/** From the reviewed form to the card that the bank has made. */
async function make(play: Play, of: Play['first'], applicationNo: string): Promise<void> {
  const { cardId, cardNumber, cardClass, specVersion, expiresOn } = of;
  await play.order(
    { zh: '审核申领表', en: 'The application is reviewed' },
    { kind: 'review', applicationNo, isAccepted: true },
  );
  await play.order(
    { zh: '个人化', en: 'The card is personalised' },
    {
      ...{ kind: 'personalise', applicationNo, cardId, cardNumber, cardClass, specVersion },
      expiresOn: expiresOn ?? null,
    },
  );
  await play.order(
    { zh: '送银行', en: 'It is sent to the bank' },
    { kind: 'send-to-bank', cardId },
  );
  await play.order(
    { zh: '银行审核通过', en: 'The bank approves it' },
    { kind: 'bank-review', cardId, isAccepted: true },
    'done',
    'bank',
  );
  await play.order(
    { zh: '制卡完成', en: 'The bank has made it' },
    { kind: 'make', cardId },
    'done',
    'bank',
  );
}

async function issueFirst(play: Play, card: HeldCard): Promise<void> {
  const { cardId } = play.first;
  await play.order(
    { zh: '申领（首次免费）', en: 'A person applies for a first card, free of charge' },
    { kind: 'apply', applicationNo: 'DEMO-1', ...form },
  );
  await make(play, play.first, 'DEMO-1');
  await play.order({ zh: '领卡', en: 'The holder collects it' }, { kind: 'collect', cardId });
  await play.sell(
    { zh: '未启用，柜台拒绝', en: 'Not activated: the counter refuses' },
    card,
    FIRST_PIN,
    'CARD_NOT_ACTIVATED',
  );
  await play.order(
    {
      zh: '启用医保账户并改掉初始密码',
      en: 'The medical function is activated, the first PIN changed',
    },
    {
      ...{ kind: 'activate-medical', cardId, oldPin: await play.enter(cardId, FIRST_PIN) },
      pin: await play.enter(cardId, PIN),
    },
  );
  await play.sell({ zh: '购药', en: 'The holder buys at the pharmacy' }, card, PIN, 'approved');
}

async function lockAndUnlock(play: Play, card: HeldCard): Promise<void> {
  const { cardId } = play.first;
  const words = { zh: '密码错误', en: 'A wrong PIN' };
  await play.sell(words, card, WRONG_PIN, 'PIN_WRONG');
  await play.sell(words, card, WRONG_PIN, 'PIN_WRONG');
  await play.sell(
    { zh: '第三次错误，锁定', en: 'The third locks it' },
    card,
    WRONG_PIN,
    'PIN_LOCKED',
  );
  await play.sell(
    { zh: '正确密码也拒绝', en: 'Nor does the right one pay' },
    card,
    PIN,
    'PIN_LOCKED',
  );
  await play.order(
    { zh: '本人到场解锁', en: 'It is unlocked in person' },
    { kind: 'unlock-pin', cardId },
  );
  await play.sell({ zh: '解锁后购药', en: 'It pays again' }, card, PIN, 'approved');
}

async function loseByTelephone(play: Play, card: HeldCard): Promise<void> {
  const { cardId } = play.first;
  await play.order(
    { zh: '口头挂失', en: 'The card is reported lost by telephone' },
    { kind: 'report-loss', cardId, form: 'oral' },
  );
  await play.sell({ zh: '柜台拒绝', en: 'The counter refuses' }, card, PIN, 'CARD_LOST_ORAL');
  await play.passDays(6);
  await play.sell(
    { zh: '挂失自动失效，卡可用', en: 'The report has lapsed by itself' },
    card,
    PIN,
    'approved',
  );
}

async function replaceLost(play: Play, card: HeldCard, other: HeldCard): Promise<void> {
  const [{ cardId }, { cardId: newId }] = [play.first, play.second];
  const lose = { kind: 'report-loss', cardId, form: 'written' } as const;
  const replace = { kind: 'replace', cardId, applicationNo: 'DEMO-2', ...form } as const;
  await play.order(
    { zh: '未挂失不能补卡', en: 'Nobody replaces a card that is not reported lost in writing' },
    replace,
    'CARD_STEP_NOT_POSSIBLE',
  );
  await play.order({ zh: '书面挂失', en: 'It is reported lost in writing' }, lose);
  await play.sell({ zh: '柜台拒绝', en: 'The counter refuses' }, card, PIN, 'CARD_LOST_WRITTEN');
  await play.order(
    { zh: '补卡申请受理', en: 'A replacement is accepted: the old card is dead' },
    replace,
  );
  await play.order(
    { zh: '补卡后不能解挂', en: 'The loss report can no longer be lifted' },
    { kind: 'cancel-loss', cardId, form: 'written' },
    'CARD_STEP_NOT_POSSIBLE',
  );
  await make(play, play.second, 'DEMO-2');
  const collect = {
    kind: 'collect',
    cardId: newId,
    pin: await play.enter(newId, OTHER_PIN),
  } as const;
  await play.order(
    { zh: '未缴工本费不能领卡', en: 'The fee is open' },
    collect,
    'CARD_STEP_INCOMPLETE',
  );
  await play.order(
    { zh: '缴费', en: 'The fee is paid' },
    { kind: 'pay-fee', applicationNo: 'DEMO-2' },
  );
  await play.order(
    { zh: '领新卡，医保功能即时可用', en: 'The new card is collected and works at once' },
    collect,
  );
  await play.sell({ zh: '新卡购药', en: 'The new card pays' }, other, OTHER_PIN, 'approved');
  await play.sell(
    { zh: '旧卡永久失效', en: 'The old one never does again' },
    card,
    PIN,
    'CARD_CANCELLED',
  );
  await play.order(
    { zh: '银行启用金融功能', en: 'The bank activates the financial function' },
    { kind: 'activate-financial', cardId: newId },
    'done',
    'bank',
  );
}

async function endLife(play: Play, card: HeldCard, other: HeldCard): Promise<void> {
  const [{ cardId: oldId }, { cardId }] = [play.first, play.second];
  await play.order(
    { zh: '旧卡找到并销毁', en: 'The old card is found and destroyed' },
    { kind: 'destroy', cardId: oldId },
  );
  await play.order(
    { zh: '注销社保功能', en: 'The office cancels the card' },
    { kind: 'cancel', cardId },
  );
  await play.sell(
    { zh: '柜台拒绝', en: 'The counter refuses' },
    other,
    OTHER_PIN,
    'CARD_CANCELLED',
  );
  await play.order(
    {
      zh: '银行凭清退通知注销金融功能',
      en: 'With the clearance notice the bank closes its function',
    },
    { kind: 'close-at-bank', cardId },
    'done',
    'bank',
  );
  await play.order({ zh: '收回', en: 'The card is returned' }, { kind: 'return', cardId });
  await play.order({ zh: '销毁', en: 'The card is destroyed' }, { kind: 'destroy', cardId });
  await play.sell(
    { zh: '旧卡仍然拒绝', en: 'Nor does anything bring the first one back' },
    card,
    PIN,
    'CARD_CANCELLED',
  );
}
