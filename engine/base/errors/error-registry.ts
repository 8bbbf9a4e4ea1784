/**
 * The one registry of errors. An entry says what happened, whether money moved, whether and how to
 * retry, and what the cashier does, in both languages. The HTTP status follows from the kind; the
 * reference page is generated from here.
 */
export type ErrorKind =
  | 'invalid'
  | 'refused'
  | 'not-found'
  | 'wrong-method'
  | 'conflict'
  | 'unauthenticated'
  | 'forbidden'
  | 'unavailable'
  | 'bug';

/** Did this answer move money? `unknown` only while a bank's answer is outstanding. */
export type MoneyEffect = 'none' | 'moved' | 'unknown';

/**
 * never: the same request will be refused again. same-key: send the same bytes with the same key.
 * new-key: correct the cause, then make a new key. after-enquiry: ask for the outcome first.
 */
export type Retry = 'never' | 'same-key' | 'new-key' | 'after-enquiry';

export type ErrorEntry = {
  readonly kind: ErrorKind;
  readonly money: MoneyEffect;
  readonly retry: Retry;
  readonly zh: string;
  readonly en: string;
  readonly cashierZh: string;
  readonly cashierEn: string;
};

const refused = { kind: 'refused', money: 'none' } as const;

export const errorRegistry = {
  // The request itself
  REQUEST_INVALID: {
    kind: 'invalid',
    money: 'none',
    retry: 'new-key',
    zh: '请求格式不正确',
    en: 'The request is not well formed',
    cashierZh: '请联系软件服务商',
    cashierEn: 'Call the software supplier',
  },
  REQUEST_TOO_LARGE: {
    kind: 'invalid',
    money: 'none',
    retry: 'new-key',
    zh: '请求过大',
    en: 'The request is too large',
    cashierZh: '请拆分处方后重试',
    cashierEn: 'Split the bill and try again',
  },
  NOT_FOUND: {
    kind: 'not-found',
    money: 'none',
    retry: 'never',
    zh: '未找到',
    en: 'Not found',
    cashierZh: '请核对单号',
    cashierEn: 'Check the number',
  },
  METHOD_NOT_ALLOWED: {
    kind: 'wrong-method',
    money: 'none',
    retry: 'never',
    zh: '该地址不支持此请求方法，见 Allow 头',
    en: 'The path does not take this method; the Allow header says which it takes',
    cashierZh: '请联系软件服务商',
    cashierEn: 'Call the software supplier',
  },
  SETTLEMENT_NOT_FOUND: {
    kind: 'not-found',
    money: 'none',
    retry: 'new-key',
    zh: '未找到该笔结算',
    en: 'There is no such settlement',
    cashierZh: '请核对结算单号',
    cashierEn: 'Check the number',
  },
  BUSY: {
    kind: 'unavailable',
    money: 'none',
    retry: 'same-key',
    zh: '系统繁忙',
    en: 'The engine is busy',
    cashierZh: '请稍候几秒后重试',
    cashierEn: 'Wait a few seconds and try again',
  },
  UNAVAILABLE: {
    kind: 'unavailable',
    money: 'none',
    retry: 'same-key',
    zh: '系统暂不可用',
    en: 'The engine cannot work right now',
    cashierZh: '请稍后重试，请勿重复收款',
    cashierEn: 'Try again later; do not collect twice',
  },
  OUTCOME_NOT_KNOWN_YET: {
    kind: 'unavailable',
    money: 'unknown',
    retry: 'same-key',
    zh: '结果尚未确定',
    en: 'The outcome is not known yet',
    cashierZh: '请用原请求重试查询，请勿重复收款',
    cashierEn: 'Ask again with the same request; do not collect twice',
  },
  INTERNAL: {
    kind: 'bug',
    money: 'unknown',
    retry: 'after-enquiry',
    zh: '系统内部错误',
    en: 'Something is wrong inside the engine',
    cashierZh: '请先查询该笔交易，再联系管理员',
    cashierEn: 'Enquire about this sale first, then call the administrator',
  },

  // Terminal
  TERMINAL_UNKNOWN: {
    kind: 'unauthenticated',
    money: 'none',
    retry: 'never',
    zh: '终端未登记',
    en: 'The terminal is not registered',
    cashierZh: '请联系医保经办机构登记终端',
    cashierEn: 'Have the terminal registered',
  },
  TERMINAL_SIGNATURE_INVALID: {
    kind: 'unauthenticated',
    money: 'none',
    retry: 'never',
    zh: '终端签名验证失败',
    en: 'The terminal signature is not valid',
    cashierZh: '请重新签到；仍失败请联系管理员',
    cashierEn: 'Sign in again; if it persists call the administrator',
  },
  TERMINAL_NOT_SIGNED_IN: {
    kind: 'unauthenticated',
    money: 'none',
    retry: 'new-key',
    zh: '终端未签到或签到已失效',
    en: 'The terminal has not signed in, or its sign-in has ended',
    cashierZh: '请先签到',
    cashierEn: 'Sign in first',
  },
  REQUEST_STALE: {
    kind: 'unauthenticated',
    money: 'none',
    retry: 'same-key',
    zh: '请求时间超出允许范围',
    en: 'The request time is outside the allowed window',
    cashierZh: '请校准终端时间后重试',
    cashierEn: 'Set the clock of the terminal and try again',
  },
  REQUEST_REPLAYED: {
    kind: 'unauthenticated',
    money: 'none',
    retry: 'same-key',
    zh: '请求被重复发送',
    en: 'This signed request was already received',
    cashierZh: '请重新发起请求',
    cashierEn: 'Send the request again with a new nonce',
  },
  TERMINAL_NOT_ALLOWED: {
    kind: 'forbidden',
    money: 'none',
    retry: 'never',
    zh: '终端无权办理此类交易',
    en: 'The terminal is not allowed this kind of transaction',
    cashierZh: '请联系医保经办机构',
    cashierEn: 'Call the insurance office',
  },

  // Who acts; the advice is for the operator
  ACTION_NOT_ALLOWED: {
    kind: 'forbidden',
    money: 'none',
    retry: 'never',
    zh: '当前身份无权办理此项业务',
    en: 'Whoever asks is not allowed this action',
    cashierZh: '请由有相应岗位权限的人员办理',
    cashierEn: 'Have it done by somebody with the role for it',
  },
  ACTION_OUT_OF_SCOPE: {
    kind: 'forbidden',
    money: 'none',
    retry: 'never',
    zh: '该业务不在当前身份负责的地区或机构范围内',
    en: 'This lies outside the regions and institutions that whoever asks is responsible for',
    cashierZh: '请由负责该地区或机构的人员办理',
    cashierEn: 'Have it done by somebody who is responsible for that region or institution',
  },

  // Request key
  // The key's own request may be paid: a terminal that lost its answer and writes the bill anew gets this.
  KEY_REUSED: {
    kind: 'conflict',
    money: 'unknown',
    retry: 'after-enquiry',
    zh: '请求号已用于另一内容的请求',
    en: 'The request key was used before, with other content',
    cashierZh: '请先按该请求号查询：已成交或处理中的请勿再次收款，确认未成交后才可重新发起',
    cashierEn:
      'Enquire about this key first: if its sale is approved or open, do not collect again; start anew only if it was refused',
  },
  KEY_IN_PROGRESS: {
    kind: 'conflict',
    money: 'unknown',
    retry: 'same-key',
    zh: '该笔交易正在处理',
    en: 'This sale is still being processed',
    cashierZh: '请稍候，勿重复收款',
    cashierEn: 'Wait; do not collect twice',
  },

  // Card
  CARD_MALFORMED: {
    ...refused,
    retry: 'new-key',
    zh: '卡数据不正确，不是有效的社会保障卡',
    en: 'The card data are not those of a social-security card',
    cashierZh: '请重新插卡；仍失败请持卡人到社保窗口',
    cashierEn: 'Insert the card again; if it persists send the holder to the card office',
  },
  CARD_UNKNOWN: {
    ...refused,
    retry: 'never',
    zh: '未找到该卡的登记信息',
    en: 'This card is not on record',
    cashierZh: '请持卡人到社保窗口核实',
    cashierEn: 'Send the holder to the card office',
  },
  CARD_REGION_UNSUPPORTED: {
    ...refused,
    retry: 'never',
    zh: '发卡地区暂不支持',
    en: 'Cards of this region cannot be settled here',
    cashierZh: '请按自费或手工报销处理',
    cashierEn: 'Take payment in full; the holder claims by hand',
  },
  CARD_CLASS_UNSUPPORTED: {
    ...refused,
    retry: 'never',
    zh: '卡类别不支持',
    en: 'This class of card is not supported',
    cashierZh: '请换用本人社会保障卡',
    cashierEn: 'Ask for the personal social-security card',
  },
  CARD_VERSION_UNSUPPORTED: {
    ...refused,
    retry: 'never',
    zh: '卡规范版本不支持',
    en: 'This version of the card is not supported',
    cashierZh: '请持卡人到社保窗口换卡',
    cashierEn: 'The holder should exchange the card',
  },
  CARD_EXPIRED: {
    ...refused,
    retry: 'never',
    zh: '卡已过有效期',
    en: 'The card has expired',
    cashierZh: '请持卡人到社保窗口换卡',
    cashierEn: 'The holder should exchange the card',
  },
  CARD_NOT_YET_VALID: {
    ...refused,
    retry: 'never',
    zh: '卡尚未生效',
    en: 'The card is not yet valid',
    cashierZh: '请核对终端日期',
    cashierEn: 'Check the date of the terminal',
  },
  CHALLENGE_INVALID: {
    ...refused,
    retry: 'new-key',
    zh: '卡认证随机数无效或已过期',
    en: 'The chip challenge is not valid, or has expired',
    cashierZh: '请重新插卡',
    cashierEn: 'Insert the card again',
  },
  CHALLENGE_USED: {
    ...refused,
    retry: 'new-key',
    zh: '卡认证随机数已使用',
    en: 'The chip challenge was already used',
    cashierZh: '请重新插卡',
    cashierEn: 'Insert the card again',
  },
  CHALLENGE_OVERTAKEN: {
    ...refused,
    retry: 'new-key',
    zh: '卡认证随机数已过时：该卡已用更新的随机数认证过',
    en: 'The chip challenge is older than one that this card has used since',
    cashierZh: '请重新插卡',
    cashierEn: 'Insert the card again',
  },
  CHIP_NOT_GENUINE: {
    ...refused,
    retry: 'never',
    zh: '芯片认证失败',
    en: 'The chip is not genuine',
    cashierZh: '请勿受理此卡，请联系管理员',
    cashierEn: 'Do not accept this card; call the administrator',
  },
  CHIP_COUNTER_NOT_RISING: {
    ...refused,
    retry: 'new-key',
    zh: '芯片交易计数异常',
    en: 'The transaction counter of the chip did not rise',
    cashierZh: '请重新插卡；仍失败请勿受理此卡',
    cashierEn: 'Insert the card again; if it persists do not accept the card',
  },
  CARD_NOT_ACTIVATED: {
    ...refused,
    retry: 'never',
    zh: '医疗账户未激活',
    en: 'The medical account of this card is not activated',
    cashierZh: '请持卡人先激活并修改初始密码',
    cashierEn: 'The holder must activate it and change the first PIN',
  },
  CARD_LOST_ORAL: {
    ...refused,
    retry: 'never',
    zh: '卡已口头挂失',
    en: 'The card is reported lost (oral report)',
    cashierZh: '请勿受理；持卡人可撤销挂失',
    cashierEn: 'Do not accept it; the holder may cancel the report',
  },
  CARD_LOST_WRITTEN: {
    ...refused,
    retry: 'never',
    zh: '卡已书面挂失',
    en: 'The card is reported lost (written report)',
    cashierZh: '请勿受理此卡',
    cashierEn: 'Do not accept this card',
  },
  CARD_SUSPENDED: {
    ...refused,
    retry: 'never',
    zh: '补换卡期间，卡已停用',
    en: 'The card is suspended while a new one is made',
    cashierZh: '请持卡人使用新卡或临时凭证',
    cashierEn: 'Use the new card or the interim voucher',
  },
  CARD_CANCELLED: {
    ...refused,
    retry: 'never',
    zh: '卡已注销',
    en: 'The card is cancelled',
    cashierZh: '请勿受理此卡',
    cashierEn: 'Do not accept this card',
  },
  CARD_LISTED_NATIONAL: {
    ...refused,
    retry: 'never',
    zh: '卡在国家级无效卡名单中',
    en: 'The card is on the national invalid list',
    cashierZh: '请勿受理此卡',
    cashierEn: 'Do not accept this card',
  },
  CARD_LISTED_PROVINCIAL: {
    ...refused,
    retry: 'never',
    zh: '卡在省级无效卡名单中',
    en: 'The card is on the provincial invalid list',
    cashierZh: '请勿受理此卡',
    cashierEn: 'Do not accept this card',
  },
  CARD_LISTED_CITY: {
    ...refused,
    retry: 'never',
    zh: '卡在市级无效卡名单中',
    en: 'The card is on the city invalid list',
    cashierZh: '请勿受理此卡',
    cashierEn: 'Do not accept this card',
  },
  INVALID_LISTS_OUTDATED: {
    ...refused,
    retry: 'new-key',
    zh: '数据库恢复后，无效卡名单尚未重新装入',
    en: 'The invalid lists are not loaded again yet after a restore of the database',
    cashierZh: '暂时无法受理社保卡，请稍后重试，或改用其他结算方式',
    cashierEn: 'No card can be taken just now; try again later, or settle in another way',
  },

  // PIN
  PIN_BLOCK_INVALID: {
    ...refused,
    retry: 'new-key',
    zh: '密码数据不正确（不计次数）',
    en: 'The PIN block is not valid (not counted as a try)',
    cashierZh: '请重新签到后再输入密码',
    cashierEn: 'Sign in again and ask for the PIN again',
  },
  PIN_WRONG: {
    ...refused,
    retry: 'new-key',
    zh: '密码错误',
    en: 'The PIN is wrong',
    cashierZh: '请持卡人重新输入密码；连续三次错误将锁定',
    cashierEn: 'Ask for the PIN again; three wrong entries in a row lock it',
  },
  PIN_LOCKED: {
    ...refused,
    retry: 'never',
    zh: '密码已锁定',
    en: 'The PIN is locked',
    cashierZh: '请持卡人本人持身份证到社保窗口解锁',
    cashierEn: 'The holder must unlock it in person with an identity card',
  },
  PIN_INITIAL: {
    ...refused,
    retry: 'never',
    zh: '初始密码未修改',
    en: 'The first PIN has not been changed',
    cashierZh: '请持卡人先修改初始密码',
    cashierEn: 'The holder must change the first PIN',
  },

  // Person, account, bill
  PERSON_NOT_INSURED: {
    ...refused,
    retry: 'never',
    zh: '参保状态不正常',
    en: 'The insurance of this person is not in force',
    cashierZh: '请按自费处理',
    cashierEn: 'Take payment in full',
  },
  ACCOUNT_NOT_ACTIVE: {
    ...refused,
    retry: 'new-key',
    zh: '个人账户不可用',
    en: 'The medical personal account cannot pay',
    cashierZh: '可选择不使用个人账户后重试',
    cashierEn: 'Try again without the personal account',
  },
  BILL_TOTAL_MISMATCH: {
    ...refused,
    retry: 'new-key',
    zh: '明细合计与总金额不符',
    en: 'The lines do not add up to the total',
    cashierZh: '请核对费用明细',
    cashierEn: 'Check the lines of the bill',
  },
  BILL_LINE_MISMATCH: {
    ...refused,
    retry: 'new-key',
    zh: '数量乘单价与金额不符',
    en: 'Quantity times price is not the amount of a line',
    cashierZh: '请核对费用明细',
    cashierEn: 'Check the lines of the bill',
  },
  BILL_LINE_TWICE: {
    ...refused,
    retry: 'new-key',
    zh: '两条费用明细的序号相同',
    en: 'Two lines of the bill have one number',
    cashierZh: '请给每条明细不同的序号后重试',
    cashierEn: 'Give each line a number of its own and try again',
  },
  BILL_EMPTY: {
    ...refused,
    retry: 'new-key',
    zh: '费用为零，无需结算',
    en: 'The bill is zero',
    cashierZh: '请核对费用明细',
    cashierEn: 'Check the lines of the bill',
  },
  BILL_DATE_INVALID: {
    ...refused,
    retry: 'new-key',
    zh: '费用发生日期不正确',
    en: 'The date of service is not acceptable',
    cashierZh: '请核对日期',
    cashierEn: 'Check the date',
  },
  NO_POLICY_PACK: {
    ...refused,
    retry: 'never',
    zh: '该参保地区、险种暂无结算政策',
    en: 'There is no policy for this region and scheme',
    cashierZh: '请按自费或手工报销处理',
    cashierEn: 'Take payment in full; the holder claims by hand',
  },
  POLICY_FACT_MISSING: {
    ...refused,
    retry: 'never',
    zh: '缺少政策计算所需的参保人信息',
    en: 'The policy asks for a fact about the insured person that is not on record',
    cashierZh: '请按自费处理，并请持卡人到经办机构补录信息后手工报销',
    cashierEn: 'Take payment in full; the holder has the record completed and claims by hand',
  },
  BILL_CHECK_FAILED: {
    ...refused,
    retry: 'new-key',
    zh: '费用明细未通过审核规则',
    en: 'The bill breaks a rule of the check of bills',
    cashierZh: '请按提示核对明细后重新结算',
    cashierEn: 'Correct the lines that are named and settle again',
  },
  DUPLICATE_PRESCRIPTION: {
    ...refused,
    retry: 'after-enquiry',
    zh: '该处方含相同项目的费用已结算',
    en: 'The prescription was settled before, with an item of this bill',
    cashierZh: '请勿重复收款；请查询原结算单，确需重新结算请先将原单退费',
    cashierEn:
      'Do not collect again; look at the earlier settlement, refund it first to settle anew',
  },
  BILL_ABOVE_CEILING: {
    ...refused,
    retry: 'new-key',
    zh: '单据或单项金额超过上限，须经主管确认',
    en: 'The bill, or a line of it, is above the ceiling; a supervisor has to confirm it',
    cashierZh: '未收款；请核对数量与单价，确属无误请主管确认后重新结算',
    cashierEn:
      'Nothing was charged; check quantities and prices, and have a supervisor confirm a bill that is right',
  },
  QUOTE_CHANGED: {
    ...refused,
    retry: 'new-key',
    zh: '应付金额已变化',
    en: 'The amount to pay has changed since it was quoted',
    cashierZh: '请重新试算并请持卡人确认',
    cashierEn: 'Quote again and let the holder confirm',
  },

  // Bank leg
  BANK_DETAILS_MISSING: {
    ...refused,
    retry: 'new-key',
    zh: '缺少银行卡数据',
    en: 'The bank card data are missing',
    cashierZh: '请重新插卡，或改用现金',
    cashierEn: 'Insert the card again, or take cash',
  },
  BANK_DECLINED: {
    ...refused,
    retry: 'new-key',
    zh: '银行拒绝交易',
    en: 'The bank declined',
    cashierZh: '未扣款；可改用现金',
    cashierEn: 'Nothing was charged; take cash instead',
  },
  BANK_FUNDS_SHORT: {
    ...refused,
    retry: 'new-key',
    zh: '金融账户余额不足',
    en: 'The bank account does not hold enough',
    cashierZh: '未扣款；可改用现金',
    cashierEn: 'Nothing was charged; take cash instead',
  },
  BANK_PIN_WRONG: {
    ...refused,
    retry: 'new-key',
    zh: '银行卡密码错误',
    en: 'The bank PIN is wrong',
    cashierZh: '未扣款；请重新输入银行密码',
    cashierEn: 'Nothing was charged; ask for the bank PIN again',
  },
  BANK_PIN_LOCKED: {
    ...refused,
    retry: 'never',
    zh: '银行卡密码已锁定',
    en: 'The bank PIN is locked',
    cashierZh: '未扣款；请持卡人联系银行，可改用现金',
    cashierEn: 'Nothing was charged; the holder calls the bank; take cash instead',
  },
  BANK_CARD_REFUSED: {
    ...refused,
    retry: 'new-key',
    zh: '银行卡不可用',
    en: 'The bank does not accept this card',
    cashierZh: '未扣款；可改用现金',
    cashierEn: 'Nothing was charged; take cash instead',
  },
  BANK_SIGN_IN_NEEDED: {
    ...refused,
    retry: 'new-key',
    zh: '银行工作密钥已更换，终端须重新签到',
    en: 'The bank has other keys; the terminal must sign in again',
    cashierZh: '款项未变动；请重新签到后再试',
    cashierEn: 'No money was moved; sign in again, then repeat',
  },
  BANK_UNREACHABLE: {
    ...refused,
    retry: 'new-key',
    zh: '银行系统无法连接，未扣款',
    en: 'The bank could not be reached; nothing was charged',
    cashierZh: '稍后重试，或改用现金',
    cashierEn: 'Try again later, or take cash',
  },
  BANK_OUTCOME_UNKNOWN: {
    kind: 'unavailable',
    money: 'unknown',
    retry: 'after-enquiry',
    zh: '银行未应答，结果未知，系统正在冲正',
    en: 'The bank has not answered; the engine is reversing the sale',
    cashierZh: '请勿重复收款，请稍后查询结果',
    cashierEn: 'Do not collect again; enquire in a moment',
  },
  BANK_REVERSED: {
    ...refused,
    retry: 'new-key',
    zh: '银行未应答，交易已冲正，未扣款',
    en: 'The bank did not answer; the sale was reversed and nothing was charged',
    cashierZh: '可重新发起交易',
    cashierEn: 'The sale may be started again',
  },
  BANK_DIFFERENCE_IN_SUSPENSE: {
    kind: 'refused',
    money: 'moved',
    retry: 'never',
    zh: '银行侧结果与本系统不一致，已人工列入单边账，本笔未成交',
    en: 'The bank holds another result; by hand the difference was put into a suspense account, and this was not carried out',
    cashierZh: '请勿自行收款或退款，待对账后处理；可请持卡人留下联系方式',
    cashierEn: 'Neither collect nor pay back; the difference is settled after reconciliation',
  },

  // Manual resolution of a reversal (人工销账); the advice is for the operator
  CLOSING_NOT_POSSIBLE: {
    kind: 'conflict',
    money: 'none',
    retry: 'never',
    zh: '该笔没有未完成的冲正，不能人工销账',
    en: 'This bank leg has no open reversal that could be closed by hand',
    cashierZh: '请用 yikatong reversal list 查看未完成的冲正',
    cashierEn: 'See the open reversals with yikatong reversal list',
  },
  CLOSING_NOT_PROPOSED: {
    kind: 'conflict',
    money: 'none',
    retry: 'after-enquiry',
    zh: '没有可复核的销账申请，或申请已被更新的申请或银行应答取代',
    en: 'There is no such proposal to approve, or another one or an answer of the bank has taken its place',
    cashierZh: '请重新查看列表，核对后用 --proposal 指明申请号',
    cashierEn: 'Look at the list again and name the proposal you have checked with --proposal',
  },
  CLOSING_NEEDS_SECOND_PERSON: {
    kind: 'forbidden',
    money: 'none',
    retry: 'never',
    zh: '申请人不得复核自己的销账申请',
    en: 'Nobody approves their own proposal',
    cashierZh: '请由另一名操作员复核',
    cashierEn: 'Have another operator approve it',
  },

  // Refund
  REFUND_NOT_POSSIBLE: {
    kind: 'conflict',
    money: 'none',
    retry: 'never',
    zh: '该笔结算当前不可退费',
    en: 'This settlement cannot be refunded in its present state',
    cashierZh: '请查询该笔结算的状态',
    cashierEn: 'Look up the state of the settlement',
  },
  REFUND_OUT_OF_ORDER: {
    kind: 'conflict',
    money: 'none',
    retry: 'new-key',
    zh: '之后的结算是在本次结算的年度累计上计算的，按统筹区规定须先退之后的结算',
    en: 'Later bills were split on top of this one; the region has them taken back first',
    cashierZh: '请先退明细所列的结算（从最近一笔开始），再退本次结算',
    cashierEn: 'First refund the settlements named in the detail, the newest first, then this one',
  },
  REFUND_LATER_BILL_OPEN: {
    kind: 'conflict',
    money: 'none',
    retry: 'new-key',
    zh: '该参保人同一年度之后的结算或退费尚未完成',
    en: 'A later settlement or refund of the same person and year is not finished yet',
    cashierZh: '请稍候片刻，待其完成后再退费',
    cashierEn: 'Wait a moment until it is finished, then refund',
  },
  REFUND_HOLDS_YEAR: {
    kind: 'conflict',
    money: 'none',
    retry: 'new-key',
    zh: '该参保人有一笔退费正等待银行结果，其年度累计暂不能用于新的结算或退费',
    en: 'A refund of this person waits for the bank; until then nothing else is counted in the year',
    cashierZh: '未结算未扣款；请待该笔退费完成后再办理',
    cashierEn: 'Nothing was charged; try again when that refund is finished',
  },
  CLAIM_NOT_OPEN: {
    kind: 'conflict',
    money: 'none',
    retry: 'never',
    zh: '该笔结算没有未结清的应收或应付',
    en: 'Nothing is open between the person and the insurer for this settlement',
    cashierZh: '请重新列出未结清的应收应付',
    cashierEn: 'List the open claims again',
  },
  CLAIM_CHANGED: {
    kind: 'conflict',
    money: 'none',
    retry: 'never',
    zh: '应收或应付的金额已变化',
    en: 'The open amount is another one by now',
    cashierZh: '请重新列出并按现在的金额办理',
    cashierEn: 'List the open claims again, and collect or pay out the amount of now',
  },
  REFUND_LINES_BOUND: {
    kind: 'conflict',
    money: 'none',
    retry: 'new-key',
    zh: '退掉这些项目后，按政策有支付方需要多付，不能单独退',
    en: 'Without these lines the policy would have a payer pay more; they cannot go back alone',
    cashierZh: '请整单退费，再就保留的项目重新结算',
    cashierEn: 'Refund the whole settlement, then settle anew what is kept',
  },
  REFUND_LINE_UNKNOWN: {
    kind: 'invalid',
    money: 'none',
    retry: 'new-key',
    zh: '退费明细不存在或已退',
    en: 'A line to refund does not exist, or was refunded before',
    cashierZh: '请核对退费明细',
    cashierEn: 'Check the lines to refund',
  },
  REFUND_BANK_DECLINED: {
    kind: 'refused',
    money: 'none',
    retry: 'new-key',
    zh: '银行拒绝退款',
    en: 'The bank declined the refund',
    cashierZh: '未退款；请联系银行或稍后重试',
    cashierEn: 'Nothing was refunded; try later or call the bank',
  },
  REFUND_IN_PROGRESS: {
    kind: 'unavailable',
    money: 'unknown',
    retry: 'after-enquiry',
    zh: '银行退款结果未知，系统将继续处理',
    en: 'The bank has not answered the refund; the engine goes on asking',
    cashierZh: '请勿另行退现金，请稍后查询',
    cashierEn: 'Do not refund in cash; enquire later',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorRegistry;

const statusOfKind: { readonly [K in ErrorKind]: number } = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'wrong-method': 405,
  conflict: 409,
  refused: 422,
  unavailable: 503,
  bug: 500,
};

/** HTTP status of an error. An unknown outcome is not an error: it has status 202 and its own document. */
export function httpStatusOf(code: ErrorCode): number {
  return statusOfKind[errorRegistry[code].kind];
}
