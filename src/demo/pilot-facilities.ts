/** A factory of the second pilot; every value is invented, the count and the places are history. */
export interface PilotFacility {
  number: string;
  native: string;
  latin: string;
  city: 'Shenzhen' | 'Dongguan';
  street: string;
  postalCode: string;
  /** Value of `gacc.customs-registration`. */
  registration: string;
  /** C-TPAT account of the importer in whose supply chain it stands. */
  sponsor: string;
  appliedOn: string;
  visit: { from: string; to: string };
  outcome: 'passed' | 'passed-with-actions' | 'failed';
}

/** A C-TPAT importer of tier I whose supplier is visited. */
export interface PilotSponsor {
  account: string;
  latin: string;
  street: string;
  city: string;
  subdivision: string;
  postalCode: string;
  certifiedOn: string;
}

// number | native | latin | city | street | postal code | registration | sponsor | applied | visit from | to | outcome
const FACILITY_ROWS = `
01 | 深圳恒达电子有限公司 | Shenzhen Hengda Electronics Co., Ltd. | Shenzhen | No. 1288 Longgang Avenue | 518116 | 4403140011 | 10000041 | 2008-04-21 | 2008-10-20 | 2008-10-21 | passed
02 | 深圳嘉盛玩具有限公司 | Shenzhen Jiasheng Toys Co., Ltd. | Shenzhen | No. 306 Baoan Avenue | 518101 | 4403940012 | 10000043 | 2008-04-21 | 2008-10-20 | 2008-10-21 | passed
03 | 深圳宏利塑胶制品有限公司 | Shenzhen Hongli Plastic Products Co., Ltd. | Shenzhen | No. 77 Gongye Avenue | 518109 | 4403960013 | 10000044 | 2008-05-06 | 2008-10-22 | 2008-10-23 | passed-with-actions
04 | 深圳美华照明有限公司 | Shenzhen Meihua Lighting Co., Ltd. | Shenzhen | No. 2001 Keji Road | 518057 | 4403340014 | 10000045 | 2008-05-06 | 2008-10-22 | 2008-10-23 | passed
05 | 深圳永安服装有限公司 | Shenzhen Yong'an Garments Co., Ltd. | Shenzhen | No. 19 Xingye Road | 518103 | 4403930015 | 10000046 | 2008-05-12 | 2008-10-24 | 2008-10-24 | passed
06 | 深圳康达医疗器械有限公司 | Shenzhen Kangda Medical Devices Co., Ltd. | Shenzhen | No. 888 Gaoxin South Road | 518040 | 4403340016 | 10000047 | 2008-05-12 | 2008-10-24 | 2008-10-24 | passed
07 | 深圳鑫源五金制品有限公司 | Shenzhen Xinyuan Hardware Products Co., Ltd. | Shenzhen | No. 45 Fuxing Road | 518125 | 4403960017 | 10000048 | 2008-05-19 | 2008-10-27 | 2008-10-28 | failed
08 | 深圳通达精密机械有限公司 | Shenzhen Tongda Precision Machinery Co., Ltd. | Shenzhen | No. 1500 Chuangye Road | 518106 | 4403240018 | 10000049 | 2008-05-19 | 2008-10-27 | 2008-10-28 | passed
09 | 深圳华瑞光电有限公司 | Shenzhen Huarui Optoelectronics Co., Ltd. | Shenzhen | No. 620 Guangming Road | 518107 | 4403340019 | 10000041 | 2008-06-02 | 2008-10-29 | 2008-10-30 | passed
10 | 东莞永盛家具有限公司 | Dongguan Yongsheng Furniture Co., Ltd. | Dongguan | 88 Houjie Avenue | 523962 | 4419940020 | 10000042 | 2008-06-02 | 2008-10-28 | 2008-10-29 | passed-with-actions
11 | 东莞丰泰鞋业有限公司 | Dongguan Fengtai Footwear Co., Ltd. | Dongguan | No. 168 Gongye Avenue | 523900 | 4419940021 | 10000050 | 2008-06-10 | 2008-10-20 | 2008-10-21 | passed
12 | 东莞兴隆玩具有限公司 | Dongguan Xinglong Toys Co., Ltd. | Dongguan | No. 32 Yingbin Avenue | 523710 | 4419960022 | 10000043 | 2008-06-10 | 2008-10-22 | 2008-10-23 | failed
13 | 东莞德信电器有限公司 | Dongguan Dexin Electric Appliance Co., Ltd. | Dongguan | No. 990 Zhenxing Road | 523850 | 4419940023 | 10000051 | 2008-06-16 | 2008-10-24 | 2008-10-24 | passed
14 | 东莞金祥纺织有限公司 | Dongguan Jinxiang Textile Co., Ltd. | Dongguan | No. 211 Renmin Road | 523770 | 4419930024 | 10000046 | 2008-06-16 | 2008-10-27 | 2008-10-28 | passed-with-actions
15 | 东莞联创包装材料有限公司 | Dongguan Lianchuang Packaging Materials Co., Ltd. | Dongguan | No. 7 Heping Road | 523560 | 4419960025 | 10000052 | 2008-06-23 | 2008-10-29 | 2008-10-30 | passed
16 | 东莞立信汽车零部件有限公司 | Dongguan Lixin Auto Parts Co., Ltd. | Dongguan | No. 1066 Changjiang Road | 523808 | 4419240026 | 10000053 | 2008-06-23 | 2008-10-30 | 2008-10-31 | passed
`;

// account | latin | street | city | subdivision | postal code | certified
const SPONSOR_ROWS = `
10000041 | Cascade Harbor Electronics Inc. | 4100 Alameda Street | Los Angeles | US-CA | 90021 | 2006-09-18
10000042 | Granite Ridge Furniture Company, Inc. | 720 Commerce Drive | Greenville | US-SC | 29607 | 2006-11-06
10000043 | Bluewater Toys LLC | 55 Trade Center Drive | Elizabeth | US-NJ | 07201 | 2007-01-22
10000044 | Prairie Star Housewares Corp. | 3312 Industrial Boulevard | Chicago | US-IL | 60638 | 2007-02-12
10000045 | Beacon Point Lighting Inc. | 918 Airport Road | Atlanta | US-GA | 30336 | 2007-03-05
10000046 | Tidewater Apparel Inc. | 240 Harbor Way | Norfolk | US-VA | 23502 | 2007-03-26
10000047 | Summit Valley Medical Supply LLC | 1701 Enterprise Parkway | Minneapolis | US-MN | 55425 | 2007-04-16
10000048 | Ironwood Hardware Corp. | 86 Terminal Street | Cleveland | US-OH | 44135 | 2007-05-14
10000049 | Keystone Tools Co. | 2605 Distribution Avenue | Philadelphia | US-PA | 19148 | 2007-06-04
10000050 | Pacific Crest Footwear Inc. | 1450 Dock Street | Portland | US-OR | 97218 | 2007-07-09
10000051 | Lakeshore Home Goods LLC | 377 Main Street | Grand Rapids | US-MI | 49512 | 2007-08-20
10000052 | Meridian Gate Imports LP | 5120 Port Road | Houston | US-TX | 77029 | 2007-09-24
10000053 | Frontier Auto Parts Inc. | 640 Commerce Drive | Detroit | US-MI | 48209 | 2007-10-29
`;

export const PILOT_FACILITIES: readonly PilotFacility[] = rowsOf(FACILITY_ROWS).map((cell) => ({
  number: cell(0),
  native: cell(1),
  latin: cell(2),
  city: cell(3) === 'Shenzhen' ? 'Shenzhen' : 'Dongguan',
  street: cell(4),
  postalCode: cell(5),
  registration: cell(6),
  sponsor: cell(7),
  appliedOn: cell(8),
  visit: { from: cell(9), to: cell(10) },
  outcome: outcomeOf(cell(11)),
}));

export const PILOT_SPONSORS: readonly PilotSponsor[] = rowsOf(SPONSOR_ROWS).map((cell) => ({
  account: cell(0),
  latin: cell(1),
  street: cell(2),
  city: cell(3),
  subdivision: cell(4),
  postalCode: cell(5),
  certifiedOn: cell(6),
}));

function rowsOf(table: string): ((column: number) => string)[] {
  const rows = table.trim().split('\n');
  return rows.map((row) => {
    const cells = row.split(' | ');
    return (column) => cells[column] ?? '';
  });
}

function outcomeOf(text: string): PilotFacility['outcome'] {
  return text === 'failed' || text === 'passed-with-actions' ? text : 'passed';
}
