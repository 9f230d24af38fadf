import type { Role } from '../../generated/codes.ts';

const SYLLABLE_TEXT = `
  恒heng 达da 盛sheng 华hua 兴xing 隆long 泰tai 丰feng 瑞rui 祥xiang 安an 永yong 宏hong 鑫xin 源yuan 利li
  顺shun 通tong 德de 信xin 嘉jia 美mei 佳jia 新xin 创chuang 联lian 合he 东dong 海hai 天tian 立li 诚cheng 建jian
  荣rong 昌chang 富fu 康kang 伟wei 科ke 亿yi 金jin 正zheng 腾teng 飞fei 展zhan 博bo 辉hui 光guang 明ming 和he
  友you 万wan 方fang 思si 润run 凯kai 迪di 奥ao 英ying 锐rui 中zhong 广guang 晟sheng 骏jun 宇yu 航hang 欧ou 力li
  星xing 拓tuo
`;

/** Characters of which trade names are made, with their reading. */
export const SYLLABLES: readonly { native: string; pinyin: string }[] = SYLLABLE_TEXT.trim()
  .split(/\s+/)
  .map((text) => ({ native: text.charAt(0), pinyin: text.slice(1) }));

/** What an enterprise does, in both scripts, with the roles that it then bears. */
export interface ChineseTrade {
  native: string;
  latin: string;
  roles: readonly Role[];
  /** Sixth character of the customs registration where the trade settles it: 8 is a customs broker. */
  kind?: string;
  weight: number;
}

const MAKES: readonly Role[] = ['foreign-manufacturer', 'exporter'];
const TRADES: readonly Role[] = ['importer', 'exporter'];

export const CHINESE_TRADES: readonly ChineseTrade[] = [
  { native: '电子', latin: 'Electronics', roles: MAKES, weight: 12 },
  { native: '光电', latin: 'Optoelectronics', roles: MAKES, weight: 5 },
  {
    native: '半导体',
    latin: 'Semiconductor',
    roles: ['foreign-manufacturer', 'importer', 'exporter'],
    weight: 4,
  },
  { native: '电器', latin: 'Electric Appliance', roles: MAKES, weight: 6 },
  { native: '家具', latin: 'Furniture', roles: MAKES, weight: 5 },
  { native: '玩具', latin: 'Toys', roles: MAKES, weight: 4 },
  { native: '服装', latin: 'Garments', roles: MAKES, weight: 5 },
  { native: '纺织', latin: 'Textile', roles: MAKES, weight: 5 },
  { native: '鞋业', latin: 'Footwear', roles: MAKES, weight: 3 },
  { native: '塑胶', latin: 'Plastics', roles: MAKES, weight: 5 },
  { native: '五金制品', latin: 'Hardware Products', roles: MAKES, weight: 5 },
  { native: '精密机械', latin: 'Precision Machinery', roles: MAKES, weight: 6 },
  {
    native: '汽车零部件',
    latin: 'Auto Parts',
    roles: ['foreign-manufacturer', 'importer', 'exporter'],
    weight: 6,
  },
  { native: '医疗器械', latin: 'Medical Devices', roles: MAKES, weight: 3 },
  { native: '新能源科技', latin: 'New Energy Technology', roles: MAKES, weight: 4 },
  { native: '化工', latin: 'Chemical', roles: ['foreign-manufacturer', 'importer', 'exporter'], weight: 4 },
  { native: '食品', latin: 'Foods', roles: ['foreign-manufacturer', 'importer', 'exporter'], weight: 3 },
  { native: '陶瓷', latin: 'Ceramics', roles: MAKES, weight: 2 },
  { native: '照明', latin: 'Lighting', roles: MAKES, weight: 3 },
  { native: '包装材料', latin: 'Packaging Materials', roles: MAKES, weight: 2 },
  { native: '进出口', latin: 'Import and Export', roles: TRADES, weight: 8 },
  { native: '国际贸易', latin: 'International Trading', roles: TRADES, weight: 6 },
  {
    native: '供应链管理',
    latin: 'Supply Chain Management',
    roles: ['third-party-logistics', 'importer'],
    weight: 4,
  },
  {
    native: '国际物流',
    latin: 'International Logistics',
    roles: ['third-party-logistics', 'consolidator'],
    weight: 4,
  },
  { native: '国际货运代理', latin: 'International Freight Forwarding', roles: ['consolidator'], weight: 4 },
  { native: '报关', latin: 'Customs Brokerage', roles: ['customs-broker'], kind: '8', weight: 5 },
  { native: '跨境运输', latin: 'Cross-border Transport', roles: ['highway-carrier'], weight: 2 },
  { native: '铁路货运', latin: 'Railway Freight', roles: ['rail-carrier'], weight: 0.6 },
  { native: '远洋航运', latin: 'Ocean Shipping', roles: ['sea-carrier'], weight: 1 },
  { native: '货运航空', latin: 'Cargo Airlines', roles: ['air-carrier'], weight: 0.4 },
  {
    native: '集装箱码头',
    latin: 'Container Terminal',
    roles: ['marine-port-terminal-operator'],
    weight: 0.8,
  },
];

export const CHINESE_FORMS = [
  { native: '有限公司', latin: 'Co., Ltd.', weight: 78 },
  { native: '股份有限公司', latin: 'Corp., Ltd.', weight: 12 },
  { native: '集团有限公司', latin: 'Group Co., Ltd.', weight: 6 },
  { native: '实业有限公司', latin: 'Industrial Co., Ltd.', weight: 4 },
] as const;

export const CHINESE_STREETS = [
  'Longgang Avenue',
  'Keji Road',
  'Gongye Avenue',
  'Renmin Road',
  'Jiefang Road',
  'Zhongshan Road',
  'Huanghe Road',
  'Changjiang Road',
  'Xingye Road',
  'Fuxing Road',
  'Binhai Avenue',
  'Chuangye Road',
  'Jianshe Road',
  'Xinhua Road',
  'Gaoxin South Road',
  'Yingbin Avenue',
  'Houjie Avenue',
  'Baoan Avenue',
  'Dongfeng Road',
  'Heping Road',
  'Taihu Avenue',
  'Jinji Road',
  'Gangwan Avenue',
  'Shengli Road',
  'Qianjin Road',
  'Wenhua Road',
  'Guangming Road',
] as const;

export const CHINESE_SITES = [
  'Industrial Park',
  'Science Park',
  'Bonded Zone',
  'Economic Development Zone',
] as const;
