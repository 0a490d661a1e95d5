"""The words that carry a sentence's sense, in both languages: negation, rights, conditions, order in time, names.

Each list is `meaning: the ways to say it`. A meaning of several words ("not may") is several signs: "cannot" is "not" and "may".
"""

from typing import Literal


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WordKind = Literal["polarity", "condition", "comparison", "order", "absolute", "name", "join", "link", "filler", "courtesy", "word"]

# --- polarity and rights -------------------------------------------------------------------------------------------------
EN_POLARITY = {
    "free": "free of charge|free|at no (?:extra |additional )?(?:charge|cost)|no (?:extra |additional )?(?:charge|fee|cost)s?"
    "|without (?:charge|a fee|fee|paying)"
    "|complimentary|waived?|waives|cost-free|costs? nothing|charges? nothing|gratis",
    "pay": "payable|charged|chargeable|(?:at )?(?:your|their|his or her|the traveller's) own (?:cost|expense)|for a fee|against payment",
    "not may": "cannot|can not|can't|may not|not allowed|not permitted|not eligible|not entitled|not able|unable|forbidden|prohibited"
    "|banned|refused|rejected"
    "|ineligible|impossible",
    "not must": "need not|needn't|do(?:es)? not (?:need|have) to|don't (?:need|have) to|not required|not necessary|no need",
    "not valid": "void|invalid|not valid",
    "not refundable": "non-?refundable|not refundable|unrefundable",
    "not changeable": "non-?changeable|not changeable|unchangeable",
    "not transferable": "non-?transferable|not transferable|untransferable",
    "not": "not|no longer|no|never|n't|neither|nor|none|nobody|nothing|without|lacks?|fails? to|instead of|rather than",
    "may": "may|can|could|might|allow(?:s|ed)?|permit(?:s|ted)?|eligible|entitled|able|accepted|possible|welcome",
    "must": "must|shall|should|required?|requires|needs?|ha(?:ve|s) to|mandatory|compulsory|obligatory|obliged|obligations?",
    "refundable": "refundable",
    "changeable": "changeable",
    "transferable": "transferable",
    "valid": "valid",
    "keep": "keeps?|retain(?:s|ed)?",
    "lose": "los(?:e|es|t)|forfeit(?:s|ed)?",
}
ZH_POLARITY = {
    "free": "免费|免收|不收取|不另收|不再收|不另行收取|不收费|无需支付|无须支付|无需付费|无须付费|不用付费|不需付费|不需要支付|不收"
    "|免除|豁免|免(?![税疫])",
    "pay": "收取|收费|付费|自费|自理|自行承担|加收|补收|缴纳|支付|付款|付",
    "not may": "不得|不可以|不可(?!抗)|不能够|不能|不允许|不准|不许|禁止|严禁|拒绝|不予|谢绝|无法|不接受|不受理|无权",
    "only may": "只能|只可|仅能|仅可|方可|方能|才能|才可",
    "not must": "无需|无须|不必|毋须|毋需|不需要|不需|不用(?!于)",
    "not valid": "无效|作废|失效",
    "not": "不论是否|不(?!仅|但|同|过|论|管|久|便|满|足|到(?!位))|未(?!来|婚|成年|满|达)|没有|没(?!收)|勿|非(?!常|自愿)|无(?!论|锡|障"
    "|线|人陪)|否(?!则)|毫无",
    "may": "可以|可(?!能|靠|疑|见|谓|观|爱|用|知|抗|选|拆|折)|能够|能(?!力|源|量|见)|允许|准许|有权利?|享有|享受",
    "must": "必须|应当|(?<![供相反适回响对效])应(?![用急答对付届该])|须(?!知)|(?<!服)务必|(?<![必急所])需要|(?<![必急所])需(?![求要])|务请",
    "valid": "有效",
}
# --- conditions ----------------------------------------------------------------------------------------------------------
EN_CONDITION = {
    "unless": "unless|except(?: for| where| when| if)?|other than|apart from|exclud(?:ing|es|ed)|but not|exempt(?:ed)?"
    "|with the exception of|exceptions?",
    "only": "only|solely|exclusively|limited to|restricted to|reserved for|no other",
    "if": "if|when(?:ever)?|where|while|provided(?: that)?|providing|as long as|so long as|subject to|in case(?: of)?"
    "|in the event(?: of| that)?"
    "|on (?:the )?condition(?: that)?|on request|depending on|once(?= (?:you|your|the|it|its|we|our|they|a|an|this|that|all|both)\\b)"
    "|should you|in so far as|insofar as",
    "but": "but|however|otherwise|although",
    "even": "even if|even when|even though|even|including|included",
}
ZH_CONDITION = {
    "unless": "除外|除非|除(?![了夕去湿])|以外的|例外|不包括|不含|不适用",
    "only": "仅限|只限|仅(?!能|可)|只有|限于|(?<![不])只(?![能可要])|唯有|限(?![制额度时于])",
    "if": "如果|如遇|如需|如因|如有|如为|如(?![下何意实期此同果约])|若(?!干)|倘若|假如|一旦|只要|凡是|凡|情况下|情形|的情况|前提"
    "|视具体|届时|时(?=[，,])"
    "|的(?=[，,；;：:。]|$)|者(?=[，,])|(?<=[\u4e00-\u9fff])凭|经(?=[^，。；]{0,8}(?:批准|同意|确认|许可|审核))",
    "but": "但是|但|否则|然而|不过",
    "even": "即使|即便|哪怕|包括|包含|含(?![量])",
}
# --- order in time and place ---------------------------------------------------------------------------------------------
EN_ORDER = {
    "before": "before|prior to|ahead of|earlier|in advance|beforehand",
    "after": "after|later|afterwards|thereafter",
    "until": "until|till",
    "during": "during",
    "since": "since",
}
ZH_ORDER = {
    "before": "之前|以前|(?<![目当提])前(?![往台述款项提后])|提前|事先|预先",
    "after": "之后|以后|(?<![然最售])后(?![续台者果排])|随后",
    "until": "截至|截止|直至|为止",
    "during": "期间|途中|过程中",
    "since": "之日起|起(?![飞运降始草诉算])",
}
# --- absolutes -----------------------------------------------------------------------------------------------------------
EN_ABSOLUTE = (
    "always|in all cases|in any case|under (?:any|all) circumstances|regardless(?: of)?|whatever|whichever|everyone|everybody|anyone"
    "|anybody|anytime|at any time"
    "|unconditionally|unlimited|guaranteed?|any|all|every|in full|fully|half|double"
)
ZH_ABSOLUTE = {
    "所有": "所有|全部|一切",
    "任何": "任何|任意",
    "始终": "始终|永远|一直",
    "无论": "无论|不论|不管",
    "": "一律|全额|保证|不限|无条件|必定|任选|半价|双倍|减半",  # each for itself
}

# --- names that exclude each other: each line a set; a name stands for itself -------------------------------------------------
NAME_SETS = """
member silver gold platinum diamond bronze
economy business first-class premium
light standard flex basic saver flexible
outbound inbound return one-way round-trip
domestic regional international long-haul short-haul intercontinental
adult child infant minor senior baby student youth
hold cabin checked carry-on
online airport counter gate desk
departure arrival depart arrive landing take-off
scheduled actual
voluntary involuntary
company admin traveller staff agent
dog cat
card cash voucher
refund change rebooking cancellation delay
morning afternoon evening
earlier later
outward opening closing open close
increase decrease add remove
include exclude
普卡 银卡 金卡 白金卡 钻石卡 铜卡
经济舱 超级经济舱 公务舱 商务舱 头等舱
轻享 标准 灵活 基础
去程 回程 往返 单程 来程
国内 国际 境内 境外 地区 亚洲 远程 欧洲 洲际
成人 儿童 婴儿 未成年人 老年 老人 学生 孕妇
托运 客舱 手提 随身 货舱
网上 线上 机场 柜台 登机口
起飞 到达 抵达 降落 离港 进港 出发
计划 实际
自愿 非自愿
企业 个人 企业管理员 出行人 代理人 代理
改签 退票 改期 取消 延误
开放 关闭 开始 截止
"""

# --- words that add nothing to check -------------------------------------------------------------------------------------------
EN_FILLER = _words(
    """a an the of is are am be been being was were will would do does did has have had having it its it's this that these those in on at
    as so then there here they them their he she his her i my me which who whom whose own upon also too simply just please kindly e.g
    i.e such each"""
)
EN_LINK = _words("by into onto to from with for through via per between against about over under off out")
EN_PERSONS = {
    "you": "you",
    "your": "you",
    "yours": "you",
    "yourself": "you",
    "we": "we",
    "our": "we",
    "us": "we",
    "ours": "we",
    "ourselves": "we",
}
EN_JOIN = _words("and or both either")
ZH_FILLER = frozenset("的了是在为请其该此这将会也还并于对由以之而等所有就即则吗呢哦啊哟把被给着过地得你他她它那个均都再又便则")
ZH_JOIN = {"和": "以及|并且|和|与|及|且", "或": "或者|或"}
EN_WORDS_SAME = {"ensur": "(?:make|makes|making|made) (?:sure|certain)|sees? to it"}
EN_PHRASES_FILLER = "in order to|so as to"
EN_PHRASES_SAME = {"and": "as well as"}
EN_PHRASES_EMPTY = "in accordance with|in line with|according to|pursuant to|as per"
# Words of a polite lead-in or close. A lead-in made of these, of fillers, and of a topic after "regarding" or 关于 claims nothing.
EN_COURTESY = _words(
    """hello hi hey dear thank thanks sorry glad happy good great news help note know known say says said state states stated policy
    policies rule rules article page according regarding concerning question questions answer hope sure certainly course indeed short
    brief summary follow follows following read reads information details detail look looked looking find found check tell see explain
    clarify confirm understand welcome hear pleasure let per section back ask asking asked to for about with from and as our"""
)
ZH_COURTESY = (
    "您好|你好|谢谢|感谢|抱歉|很高兴|高兴|为您|解答|回答|答复|回复|根据|依据|按照|依照|关于|有关|规定|政策|条款|说明|如下|请注意|注意"
    "|温馨提示|提示|提醒|了解|查到|查询|"
    "以下|具体|目前|现行|信息|希望|帮助|帮到|对您|有所|问题|咨询|好的|没问题|文章|页面|内容|官方|告知|知悉|这里|我们的|您所|提到|情况"
    "|来说|来看|明白|理解|是这样的|简单"
)
COURTESY_SENTENCES = (
    r"(?:hi|hello|hey|dear)(?: [\w'’]+){0,3}",
    r"good (?:morning|afternoon|evening|day|question|news)(?: [\w'’]+){0,2}",
    r"(?:i|we)(?:'m|'ve|'re| am| are| have| can| do)?(?: just| already| now| fully)? (?:confirm|check|look|understand|happy|glad|sorry"
    r"|afraid|found|see)"
    r"(?:ed)?(?: (?:that|it|this|so|into it|your (?:question|concern|point|situation)|to (?:help|hear|explain|say|confirm)(?: that| it"
    r"| this)?"
    r"|(?:our|the) (?:policy|policies|rules?|terms|articles?|page)(?: for you)?))?",
    r"(?:according to|as stated in|as per|per|under|in|from) (?:our|the|this|larkspur'?s?)\b[^.;!?,]{0,40}"
    r"(?:polic(?:y|ies)|rules?|page|terms|article|conditions|guide)",
    r"(?:根据|按照|依照|依据|据|按)[^。；！？，]{1,24}(?:规定|政策|规则|条款|页面|说明|》)",
    r"(?:so |very )?sorry (?:for|about|to)[^.!?;:,]{1,50}|(?:my |our )?apologies(?: for[^.!?;:,]{1,40})?",
    r"let me [^.!?;:,]{1,40} (?:for|with) you",
    r"(?:please |kindly |do )?(?:be aware|remember|note|keep in mind|bear in mind|be advised)(?: also)?(?: that)?",
    r"you (?:should|may|might)(?: also)?(?: want to| like to)? (?:know|note|remember)(?: that)?",
    r"here(?:'s| is| are| you)[^.!?;:,]{1,50}",
    r"(?:absolutely|definitely|perfect|great|understood|noted|with pleasure|no problem|no worries|all right|right|well|quick answer"
    r"|for your information|fyi)",
    r"(?:please )?(?:just )?(?:feel free to |do )?(?:let me|let us|tell me|ask me|ask us|ask|contact us|write to us|get in touch)[^.!?]*"
    r"(?:question|else|help|know|more|anything)[^.!?]*",
    r"(?:i|we)(?: do|'m| am| are)? ?(?:hope|trust|happy|glad)[^.!?,:]{0,60}(?:helps?|useful|answers?[^.!?,:]{0,20}|clear)",
    r"(?:is there )?anything else[^.!?]{0,40}",
    r"if you (?:have|need)[^.!?,]{0,30}(?:questions?|help)(?:, (?:please )?(?:let|tell|ask|write)[^.!?]{0,40})?",
    r"(?:thank you|thanks)[^.!?,:]{0,50}",
    r"如(?:果)?(?:您)?(?:还)?(?:有|需)[^。！？]{0,14}(?:问题|疑问|帮助)[^。！？]{0,20}",
    r"(?:希望|但愿)[^。！？]{0,10}(?:帮助|帮到您?|有用)",
    r"(?:请|欢迎|您可以?|可)?(?:您)?随时(?:联系|告诉|咨询|询问)[^。！？]{0,12}",
    r"(?:感谢|谢谢)[^。！？，：]{0,14}",
    r"(?:非常|十分)?(?:抱歉|理解)[^。！？，：]{0,14}",
    r"(?:需要|须|要)(?:特别)?(?:说明|注意|提醒)的是",
    r"尊敬的[^。！？，：]{1,10}|请(?:您)?(?:放心|留意|知悉|注意|稍等|查收)|(?:很|非常)?(?:高兴|荣幸)?为您(?:服务|解答|查询到?)",
    r"(?:当然|好的|没问题|经查询?|经查阅|经核实|以下是[^。！？，]{1,12}|对此)",
)
TOPIC_FRAMES = (
    r"(?:regarding|concerning|about|as for|as to|with regard to|in answer to|according to|as stated in)\b(?: your question (?:about|on"
    r"|regarding))?[^.;!?]{1,70}",
    r"(?:关于|有关|就|据|按|至于|针对|根据|按照|依照|依据)[^。；！？]{1,30}",
    r"(?:in short|in brief|good news|of course|certainly|sure|indeed|to be precise|to be clear|to answer your question|here (?:is"
    r"|are) [^.;!?]{1,40})",
)

# One key for words that mean the same in this trade: meaning -> the other ways to say it.
SAME = {
    "baggage": "luggage",
    "buy": "purchase bought",
    "start": "begin begins beginning commence",
    "end": "finish ends ending",
    "traveller": "passenger customer traveler",
    "depart": "leave leaves leaving",
    "plane": "aeroplane aircraft airplane",
    "pay": "paid",
    "fly": "flown flew",
    "phone": "mobile telephone",
    "child": "children kid kids",
    "extra": "additional",
    "offer": "provide supply",
    "help": "assist assistance aid",
    "show": "display",
    "tell": "told inform notify",
    "ask": "request",
    "get": "receive obtain got",
    "quick": "fast rapid",
    "reimburse": "repay repaid",
    "cancel": "cancelled canceled cancelling",
    "bring": "brought",
    "take": "took taken",
    "give": "gave given",
    "send": "sent",
    "write": "written wrote",
    "email": "e-mail",
    "near": "nearby",
    "immediate": "immediately instantly",
    "reservation": "booking",
    "situated": "located",
    "ensure": "assure",
    "wifi": "wi-fi",
}
ZH_SAME = {
    "旅客": "旅客|乘客|搭乘人",
    "购买": "购买|购入|选购|买(?!卖)",
    "造成": "造成|导致|引起|引发|致使",
    "乘坐": "乘坐|搭乘",
    "携带": "携带|随身带|带上|带(?![领动来有])",
    "立即": "立即|立刻|马上|即刻",
    "其他": "其他|其它|别的",
    "给予": "给予|予以(?!退)",
    "当日": "之日|当日|当天",
    "由于": "由于|因为",
    "损坏": "损坏|破损|毁损",
    "出示": "出示|展示",
    "联系": "联系|联络",
    "位于": "位于|坐落于",
    "寄送": "寄送|邮寄|寄出",
    "发送": "发送|发给",
    "查看": "查看|查阅",
    "取得": "取得|获得|得到",
}
