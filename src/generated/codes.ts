// Generated from schemas/codes/*.json by schemas/generate.ts; not to be edited.

export type AddressType =
  | "registered"
  | "operating"
  | "site";

export const addressTypes = [
  {"code":"registered","label":{"en":"Registered office","zh":"注册地址"}},
  {"code":"operating","label":{"en":"Place of operation","zh":"经营地址"}},
  {"code":"site","label":{"en":"Site visited or producing","zh":"作业场所"}},
] as const;

export type Benefit =
  | "lower-risk-score"
  | "fewer-inspections"
  | "priority-inspection"
  | "priority-clearance"
  | "liaison-officer"
  | "trade-resumption-priority";

export const benefits = [
  {"code":"lower-risk-score","label":{"en":"Lower risk score","zh":"降低风险评分"}},
  {"code":"fewer-inspections","label":{"en":"Fewer inspections","zh":"降低查验率"}},
  {"code":"priority-inspection","label":{"en":"Priority inspection","zh":"优先查验"}},
  {"code":"priority-clearance","label":{"en":"Priority clearance","zh":"优先通关"}},
  {"code":"liaison-officer","label":{"en":"Liaison officer","zh":"设立联络员"}},
  {"code":"trade-resumption-priority","label":{"en":"Priority when trade resumes","zh":"贸易恢复时优先"}},
] as const;

export type Change =
  | "granted"
  | "upgraded"
  | "downgraded"
  | "reclassified"
  | "suspended"
  | "reinstated"
  | "revoked"
  | "expired"
  | "withdrawn";

export const changes = [
  {"code":"granted","label":{"en":"Granted","zh":"授予"},"from":["none","applicant","revoked","expired","withdrawn"],"to":"certified","urgent":false,"reasonRequired":false,"consentRequired":true},
  {"code":"upgraded","label":{"en":"Upgraded","zh":"上调"},"from":["certified"],"to":"certified","urgent":false,"reasonRequired":false,"consentRequired":true},
  {"code":"downgraded","label":{"en":"Downgraded","zh":"下调"},"from":["certified"],"to":"certified","urgent":false,"reasonRequired":true,"consentRequired":true},
  {"code":"reclassified","label":{"en":"Reclassified under another regime","zh":"按另一制度重新归类"},"from":["certified","suspended"],"to":"same","urgent":false,"reasonRequired":false,"consentRequired":true},
  {"code":"suspended","label":{"en":"Suspended","zh":"暂停"},"from":["certified"],"to":"suspended","urgent":true,"reasonRequired":true,"consentRequired":false},
  {"code":"reinstated","label":{"en":"Reinstated","zh":"恢复"},"from":["suspended"],"to":"certified","urgent":false,"reasonRequired":false,"consentRequired":true},
  {"code":"revoked","label":{"en":"Revoked","zh":"撤销"},"from":["certified","suspended"],"to":"revoked","urgent":true,"reasonRequired":true,"consentRequired":false},
  {"code":"expired","label":{"en":"Expired","zh":"到期"},"from":["certified","suspended"],"to":"expired","urgent":false,"reasonRequired":false,"consentRequired":false},
  {"code":"withdrawn","label":{"en":"Withdrawn by the enterprise","zh":"企业退出"},"from":["certified","suspended"],"to":"withdrawn","urgent":false,"reasonRequired":false,"consentRequired":false},
] as const;

export type CriteriaArea =
  | "corporate-security"
  | "transportation-security"
  | "people-and-physical-security";

export const criteriaAreas = [
  {"code":"corporate-security","label":{"en":"Corporate Security","zh":"企业安全"}},
  {"code":"transportation-security","label":{"en":"Transportation Security","zh":"运输安全"}},
  {"code":"people-and-physical-security","label":{"en":"People and Physical Security","zh":"人员与实体安全"}},
] as const;

export type CriteriaEdition =
  | "CTPAT-MSC-2005"
  | "CTPAT-MSC-2019-11";

export const criteria = [
  {"code":"CTPAT-MSC-2005","label":{"en":"C-TPAT security criteria of 2005, numbered as in 6 U.S.C. 963","zh":"C-TPAT 2005 年安全标准（按《美国法典》第 6 编第 963 条编号）"},"from":"2005-03-25","categories":[{"number":1,"label":{"en":"Business Partners","zh":"商业伙伴"}},{"number":2,"label":{"en":"Container Security","zh":"集装箱安全"}},{"number":3,"label":{"en":"Physical Security and Access","zh":"实体安全与出入控制"}},{"number":4,"label":{"en":"Personnel Security","zh":"人员安全"}},{"number":5,"label":{"en":"Procedural Security","zh":"程序安全"}},{"number":6,"label":{"en":"Training and Threat Awareness","zh":"培训与威胁意识"}},{"number":7,"label":{"en":"Information Technology","zh":"信息技术"}}]},
  {"code":"CTPAT-MSC-2019-11","label":{"en":"C-TPAT Minimum Security Criteria of November 2019","zh":"C-TPAT 2019 年 11 月最低安全标准"},"from":"2019-11-01","categories":[{"number":1,"area":"corporate-security","label":{"en":"Security Vision and Responsibility","zh":"安全愿景与责任"}},{"number":2,"area":"corporate-security","label":{"en":"Risk Assessment","zh":"风险评估"}},{"number":3,"area":"corporate-security","label":{"en":"Business Partners","zh":"商业伙伴"}},{"number":4,"area":"corporate-security","label":{"en":"Cybersecurity","zh":"网络安全"}},{"number":5,"area":"transportation-security","label":{"en":"Conveyance and Instruments of International Traffic Security","zh":"运输工具与国际运输装备安全"}},{"number":6,"area":"transportation-security","label":{"en":"Seal Security","zh":"封志安全"}},{"number":7,"area":"transportation-security","label":{"en":"Procedural Security","zh":"程序安全"}},{"number":8,"area":"transportation-security","label":{"en":"Agricultural Security","zh":"农业安全"}},{"number":9,"area":"people-and-physical-security","label":{"en":"Physical Security","zh":"实体安全"}},{"number":10,"area":"people-and-physical-security","label":{"en":"Physical Access Controls","zh":"出入控制"}},{"number":11,"area":"people-and-physical-security","label":{"en":"Personnel Security","zh":"人员安全"}},{"number":12,"area":"people-and-physical-security","label":{"en":"Education, Training and Awareness","zh":"教育、培训与安全意识"}}]},
] as const;

export type Tier =
  | "I"
  | "II"
  | "III";

export const ctpatTiers = [
  {"code":"I","label":{"en":"Tier I: certified","zh":"一级：已认证"}},
  {"code":"II","label":{"en":"Tier II: validated","zh":"二级：已验证"}},
  {"code":"III","label":{"en":"Tier III: exceeds the criteria","zh":"三级：超出标准"}},
] as const;

export type EventType =
  | "enterprise-status"
  | "certification-change"
  | "validation-result"
  | "receipt"
  | "key-rotation"
  | "key-confirmed"
  | "ledger-digest"
  | "register-digest"
  | "resync-request"
  | "version-void"
  | "verification";

export const eventTypes = [
  {"code":"enterprise-status","label":{"en":"Full record of one enterprise","zh":"企业完整记录"},"uri":"urn:mra-gateway:event:enterprise-status:v1","subject":"enterprise"},
  {"code":"certification-change","label":{"en":"One decision on a certification","zh":"一项认证决定"},"uri":"urn:mra-gateway:event:certification-change:v1","subject":"enterprise"},
  {"code":"validation-result","label":{"en":"Result of one validation","zh":"一次验证的结果"},"uri":"urn:mra-gateway:event:validation-result:v1","subject":"validation"},
  {"code":"receipt","label":{"en":"Receipts for messages received","zh":"收讫回执"},"uri":"urn:mra-gateway:event:receipt:v1","subject":"gateway"},
  {"code":"key-rotation","label":{"en":"Announcement of the next key","zh":"下一密钥公告"},"uri":"urn:mra-gateway:event:key-rotation:v1","subject":"gateway"},
  {"code":"key-confirmed","label":{"en":"Confirmation of an announced key","zh":"密钥确认"},"uri":"urn:mra-gateway:event:key-confirmed:v1","subject":"gateway"},
  {"code":"ledger-digest","label":{"en":"Result of a comparison of the sets","zh":"账目比对结果"},"uri":"urn:mra-gateway:event:ledger-digest:v1","subject":"gateway"},
  {"code":"register-digest","label":{"en":"Digest of the register","zh":"登记簿摘要"},"uri":"urn:mra-gateway:event:register-digest:v1","subject":"gateway"},
  {"code":"resync-request","label":{"en":"Request for missing versions or records","zh":"补发请求"},"uri":"urn:mra-gateway:event:resync-request:v1","subject":"gateway"},
  {"code":"version-void","label":{"en":"Version of a withdrawn message","zh":"被撤回消息的版本作废"},"uri":"urn:mra-gateway:event:version-void:v1","subject":"message"},
  {"code":"verification","label":{"en":"Verification event of SSF 1.0, the ping","zh":"SSF 1.0 验证事件（连通测试）"},"uri":"https://schemas.openid.net/secevent/ssf/event-type/verification","subject":"gateway"},
] as const;

export type FindingResult =
  | "met"
  | "not-met"
  | "not-applicable"
  | "best-practice";

export const findingResults = [
  {"code":"met","label":{"en":"Met","zh":"符合"}},
  {"code":"not-met","label":{"en":"Not met","zh":"不符合"}},
  {"code":"not-applicable","label":{"en":"Not applicable","zh":"不适用"}},
  {"code":"best-practice","label":{"en":"Best practice","zh":"最佳实践"}},
] as const;

export type GaccClass =
  | "AA"
  | "A"
  | "B"
  | "C"
  | "D"
  | "advanced-certified"
  | "general-certified"
  | "certified"
  | "general-credit"
  | "registered"
  | "regular"
  | "discredited"
  | "dishonest"
  | "seriously-dishonest";

export const gaccClasses = [
  {"code":"AA","label":{"en":"Class AA","zh":"AA 类企业"}},
  {"code":"A","label":{"en":"Class A","zh":"A 类企业"}},
  {"code":"B","label":{"en":"Class B","zh":"B 类企业"}},
  {"code":"C","label":{"en":"Class C","zh":"C 类企业"}},
  {"code":"D","label":{"en":"Class D","zh":"D 类企业"}},
  {"code":"advanced-certified","label":{"en":"Advanced certified enterprise","zh":"高级认证企业"}},
  {"code":"general-certified","label":{"en":"General certified enterprise","zh":"一般认证企业"}},
  {"code":"certified","label":{"en":"Certified enterprise","zh":"认证企业"}},
  {"code":"general-credit","label":{"en":"General credit enterprise","zh":"一般信用企业"}},
  {"code":"registered","label":{"en":"Registered or filed enterprise","zh":"注册登记和备案企业"}},
  {"code":"regular","label":{"en":"Regular enterprise","zh":"常规企业"}},
  {"code":"discredited","label":{"en":"Discredited enterprise","zh":"失信企业"}},
  {"code":"dishonest","label":{"en":"Dishonest enterprise","zh":"失信企业"}},
  {"code":"seriously-dishonest","label":{"en":"Seriously dishonest enterprise","zh":"严重失信企业"}},
] as const;

export type IdentifierScheme =
  | "gacc.customs-registration"
  | "gacc.uscc"
  | "cbp.ctpat-account"
  | "cbp.mid"
  | "cbp.svi"
  | "lei"
  | "duns"
  | "scac"
  | "iata"
  | "fmc";

export const identifierSchemes = [
  {"code":"gacc.customs-registration","label":{"en":"Registration code with Chinese customs","zh":"海关注册编码"},"party":"CN","pattern":"^[0-9]{4}[0-9A-Z]{6}$"},
  {"code":"gacc.uscc","label":{"en":"Unified social credit identifier, GB 32100-2015","zh":"统一社会信用代码（GB 32100-2015）"},"party":"CN","pattern":"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"},
  {"code":"cbp.ctpat-account","label":{"en":"C-TPAT account number, without hyphens","zh":"C-TPAT 账号（不含连字符）"},"party":"US","pattern":"^[0-9A-Z]{1,17}$"},
  {"code":"cbp.mid","label":{"en":"Manufacturer identification code, 19 CFR 102 appendix","zh":"制造商识别码（19 CFR 102 附录）"},"party":"US","pattern":"^[A-Z]{2}[0-9A-Z]{1,13}$"},
  {"code":"cbp.svi","label":{"en":"Status verification interface number, abolished","zh":"状态核验接口编号（已废止）"},"party":"US","legacy":true},
  {"code":"lei","label":{"en":"Legal entity identifier, ISO 17442","zh":"法人机构识别编码（ISO 17442）"},"pattern":"^[0-9A-Z]{18}[0-9]{2}$"},
  {"code":"duns","label":{"en":"D-U-N-S number","zh":"邓白氏编码"},"pattern":"^[0-9]{9}$"},
  {"code":"scac","label":{"en":"Standard carrier alpha code","zh":"标准承运人代码"},"pattern":"^[A-Z]{2,4}$"},
  {"code":"iata","label":{"en":"IATA cargo agent or airline code","zh":"国际航协代码"},"pattern":"^([0-9A-Z]{2}|[0-9]{3}|[0-9]{7}|[0-9]{11})$"},
  {"code":"fmc","label":{"en":"Federal Maritime Commission organisation number","zh":"美国联邦海事委员会机构编号"},"pattern":"^[0-9]{6}[A-Z]{0,2}$"},
] as const;

export type Kind =
  | "initial"
  | "revalidation"
  | "joint"
  | "follow-up";

export const kinds = [
  {"code":"initial","label":{"en":"Initial","zh":"首次验证"}},
  {"code":"revalidation","label":{"en":"Revalidation","zh":"重新验证"}},
  {"code":"joint","label":{"en":"Joint","zh":"联合验证"}},
  {"code":"follow-up","label":{"en":"Follow-up","zh":"后续跟踪"}},
] as const;

export type Mode =
  | "on-site"
  | "virtual"
  | "hybrid";

export const modes = [
  {"code":"on-site","label":{"en":"On site","zh":"实地"}},
  {"code":"virtual","label":{"en":"Virtual","zh":"远程"}},
  {"code":"hybrid","label":{"en":"Hybrid","zh":"混合"}},
] as const;

export type Obligation =
  | "must"
  | "should";

export const obligations = [
  {"code":"must","label":{"en":"Must","zh":"必须"}},
  {"code":"should","label":{"en":"Should","zh":"应当"}},
] as const;

export type Occasion =
  | "initial-load"
  | "periodic"
  | "change"
  | "correction";

export const occasions = [
  {"code":"initial-load","label":{"en":"Initial load","zh":"首次加载"}},
  {"code":"periodic","label":{"en":"Periodic","zh":"定期"}},
  {"code":"change","label":{"en":"Change","zh":"变更"}},
  {"code":"correction","label":{"en":"Correction","zh":"更正"}},
] as const;

export type Outcome =
  | "passed"
  | "passed-with-actions"
  | "failed";

export const outcomes = [
  {"code":"passed","label":{"en":"Passed","zh":"通过"}},
  {"code":"passed-with-actions","label":{"en":"Passed, with actions required","zh":"附整改要求通过"}},
  {"code":"failed","label":{"en":"Failed","zh":"未通过"}},
] as const;

export type Party =
  | "CN"
  | "US";

export const parties = [
  {"code":"CN","label":{"en":"General Administration of Customs of China","zh":"中华人民共和国海关总署"},"programme":"CN-AEO","timeZone":"Asia/Shanghai"},
  {"code":"US","label":{"en":"U.S. Customs and Border Protection","zh":"美国海关与边境保护局"},"programme":"US-CTPAT","timeZone":"America/New_York"},
] as const;

export type Programme =
  | "CN-AEO"
  | "US-CTPAT";

export const programmes = [
  {"code":"CN-AEO","label":{"en":"Authorized Economic Operator credit management","zh":"海关企业信用管理（经认证的经营者）"},"party":"CN"},
  {"code":"US-CTPAT","label":{"en":"Customs Trade Partnership Against Terrorism","zh":"海关—商界反恐伙伴计划"},"party":"US"},
] as const;

export type Reason =
  | "security-incident"
  | "failed-validation"
  | "non-compliance"
  | "information-not-provided"
  | "false-information"
  | "lack-of-commitment"
  | "investigation"
  | "requested-by-enterprise"
  | "deregistered"
  | "term-ended"
  | "other";

export const reasons = [
  {"code":"security-incident","label":{"en":"Security incident","zh":"安全事件"}},
  {"code":"failed-validation","label":{"en":"Failed validation","zh":"验证未通过"}},
  {"code":"non-compliance","label":{"en":"Non-compliance","zh":"不合规"}},
  {"code":"information-not-provided","label":{"en":"Information not provided","zh":"未提供信息"}},
  {"code":"false-information","label":{"en":"False information","zh":"提供虚假信息"}},
  {"code":"lack-of-commitment","label":{"en":"Lack of commitment","zh":"缺乏履约意愿"}},
  {"code":"investigation","label":{"en":"Under investigation","zh":"正在接受调查"}},
  {"code":"requested-by-enterprise","label":{"en":"Requested by the enterprise","zh":"应企业请求"}},
  {"code":"deregistered","label":{"en":"Deregistered","zh":"已注销登记"}},
  {"code":"term-ended","label":{"en":"Term ended","zh":"期限届满"}},
  {"code":"other","label":{"en":"Other: reason must say which","zh":"其他：须在 reason 中说明"}},
] as const;

export type ReceiptOutcome =
  | "accepted"
  | "refused";

export const receiptOutcomes = [
  {"code":"accepted","label":{"en":"Accepted","zh":"已接收"}},
  {"code":"refused","label":{"en":"Refused","zh":"已拒收"}},
] as const;

export type RecognitionReason =
  | "recognised"
  | "unknown"
  | "applicant"
  | "class-not-recognised"
  | "suspended"
  | "revoked"
  | "expired"
  | "withdrawn"
  | "validity-ended"
  | "consent-withdrawn";

export const recognitionReasons = [
  {"code":"recognised","label":{"en":"Recognised","zh":"予以互认"}},
  {"code":"unknown","label":{"en":"Unknown enterprise","zh":"未知企业"}},
  {"code":"applicant","label":{"en":"Only an applicant","zh":"仍在申请中"}},
  {"code":"class-not-recognised","label":{"en":"Class or tier not recognised on this link","zh":"等级不在本链路互认范围"}},
  {"code":"suspended","label":{"en":"Suspended","zh":"已暂停"}},
  {"code":"revoked","label":{"en":"Revoked","zh":"已撤销"}},
  {"code":"expired","label":{"en":"Expired","zh":"已到期"}},
  {"code":"withdrawn","label":{"en":"Withdrawn","zh":"已退出"}},
  {"code":"validity-ended","label":{"en":"Validity ended","zh":"有效期已过"}},
  {"code":"consent-withdrawn","label":{"en":"Consent withdrawn","zh":"同意已撤回"}},
] as const;

export type Regime =
  | "GACC-170"
  | "GACC-225"
  | "GACC-237"
  | "GACC-251"
  | "GACC-282"
  | "CTPAT";

export const regimes = [
  {"code":"GACC-170","label":{"en":"GACC Order 170, classified management of enterprises","zh":"海关总署令第 170 号（企业分类管理办法）"},"party":"CN","from":"2008-04-01","grades":[{"code":"AA","aeo":true},{"code":"A","aeo":true},{"code":"B","aeo":false},{"code":"C","aeo":false},{"code":"D","aeo":false}]},
  {"code":"GACC-225","label":{"en":"GACC Order 225, enterprise credit management (interim)","zh":"海关总署令第 225 号（企业信用管理暂行办法）"},"party":"CN","from":"2014-12-01","grades":[{"code":"advanced-certified","aeo":true},{"code":"general-certified","aeo":true},{"code":"general-credit","aeo":false},{"code":"discredited","aeo":false}]},
  {"code":"GACC-237","label":{"en":"GACC Order 237, enterprise credit management","zh":"海关总署令第 237 号（企业信用管理办法）"},"party":"CN","from":"2018-05-01","grades":[{"code":"advanced-certified","aeo":true},{"code":"general-certified","aeo":true},{"code":"general-credit","aeo":false},{"code":"discredited","aeo":false}]},
  {"code":"GACC-251","label":{"en":"GACC Order 251, credit management of registered and filed enterprises","zh":"海关总署令第 251 号（注册登记和备案企业信用管理办法）"},"party":"CN","from":"2021-11-01","grades":[{"code":"advanced-certified","aeo":true},{"code":"registered","aeo":false},{"code":"discredited","aeo":false}]},
  {"code":"GACC-282","label":{"en":"GACC Order 282, enterprise credit management","zh":"海关总署令第 282 号（企业信用管理办法）"},"party":"CN","from":"2026-04-01","grades":[{"code":"advanced-certified","aeo":true},{"code":"certified","aeo":true},{"code":"regular","aeo":false},{"code":"dishonest","aeo":false},{"code":"seriously-dishonest","aeo":false}]},
  {"code":"CTPAT","label":{"en":"C-TPAT tiers, 6 U.S.C. 964-966","zh":"C-TPAT 等级制度（《美国法典》第 6 编第 964-966 条）"},"party":"US","from":"2001-11-01","grades":[{"code":"III","aeo":true},{"code":"II","aeo":true},{"code":"I","aeo":true}]},
] as const;

export type Role =
  | "importer"
  | "exporter"
  | "highway-carrier"
  | "mexican-long-haul-carrier"
  | "rail-carrier"
  | "sea-carrier"
  | "air-carrier"
  | "marine-port-terminal-operator"
  | "consolidator"
  | "third-party-logistics"
  | "customs-broker"
  | "foreign-manufacturer";

export const roles = [
  {"code":"importer","label":{"en":"Importer","zh":"进口商"},"tiers":["I","II","III"]},
  {"code":"exporter","label":{"en":"Exporter","zh":"出口商"},"tiers":["I","II","III"]},
  {"code":"highway-carrier","label":{"en":"Highway carrier","zh":"公路承运人"},"tiers":["I","II"]},
  {"code":"mexican-long-haul-carrier","label":{"en":"Mexican long-haul highway carrier","zh":"墨西哥长途公路承运人"},"tiers":["I","II"]},
  {"code":"rail-carrier","label":{"en":"Rail carrier","zh":"铁路承运人"},"tiers":["I","II"]},
  {"code":"sea-carrier","label":{"en":"Sea carrier","zh":"海运承运人"},"tiers":["I","II"]},
  {"code":"air-carrier","label":{"en":"Air carrier","zh":"航空承运人"},"tiers":["I","II"]},
  {"code":"marine-port-terminal-operator","label":{"en":"Marine port authority or terminal operator","zh":"港口管理机构或码头经营人"},"tiers":["I","II"]},
  {"code":"consolidator","label":{"en":"Consolidator (air freight, ocean transport intermediary, NVOCC)","zh":"集拼商（空运货代、海运中介、无船承运人）"},"tiers":["I","II"]},
  {"code":"third-party-logistics","label":{"en":"Third-party logistics provider","zh":"第三方物流经营人"},"tiers":["I","II"]},
  {"code":"customs-broker","label":{"en":"Customs broker","zh":"报关企业"},"tiers":["I","II"]},
  {"code":"foreign-manufacturer","label":{"en":"Foreign manufacturer","zh":"境外生产企业"},"tiers":["I","II"]},
] as const;

export type Status =
  | "none"
  | "applicant"
  | "certified"
  | "suspended"
  | "revoked"
  | "expired"
  | "withdrawn";

export const statuses = [
  {"code":"none","label":{"en":"None: never held or applied","zh":"无：从未持有或申请"},"record":false},
  {"code":"applicant","label":{"en":"Applicant","zh":"申请中"},"record":true},
  {"code":"certified","label":{"en":"Certified","zh":"已认证"},"record":true},
  {"code":"suspended","label":{"en":"Suspended","zh":"已暂停"},"record":true},
  {"code":"revoked","label":{"en":"Revoked","zh":"已撤销"},"record":true},
  {"code":"expired","label":{"en":"Expired","zh":"已到期"},"record":true},
  {"code":"withdrawn","label":{"en":"Withdrawn","zh":"已退出"},"record":true},
] as const;

export type RecordStatus =
  | "applicant"
  | "certified"
  | "suspended"
  | "revoked"
  | "expired"
  | "withdrawn";

export const recordStatuses = [
  {"code":"applicant","label":{"en":"Applicant","zh":"申请中"},"record":true},
  {"code":"certified","label":{"en":"Certified","zh":"已认证"},"record":true},
  {"code":"suspended","label":{"en":"Suspended","zh":"已暂停"},"record":true},
  {"code":"revoked","label":{"en":"Revoked","zh":"已撤销"},"record":true},
  {"code":"expired","label":{"en":"Expired","zh":"已到期"},"record":true},
  {"code":"withdrawn","label":{"en":"Withdrawn","zh":"已退出"},"record":true},
] as const;

export type TeamRole =
  | "lead"
  | "co-validator"
  | "technical-adviser"
  | "observer";

export const teamRoles = [
  {"code":"lead","label":{"en":"Lead","zh":"主导"}},
  {"code":"co-validator","label":{"en":"Co-validator","zh":"共同验证"}},
  {"code":"technical-adviser","label":{"en":"Technical adviser","zh":"技术顾问"}},
  {"code":"observer","label":{"en":"Observer","zh":"观察员"}},
] as const;
