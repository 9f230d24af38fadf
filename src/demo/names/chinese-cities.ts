/** A Chinese city of foreign trade, as customs and market regulation number it. */
export interface ChineseCity {
  native: string;
  latin: string;
  /** First four characters of a customs registration. */
  customsDivision: string;
  /** Characters 3 to 8 of a unified social credit code: GB/T 2260. */
  division: string;
  /** ISO 3166-2. */
  subdivision: string;
  postalCode: string;
  customsOffice: string;
  /** How many of a thousand enterprises sit here, roughly as China's trade is spread. */
  weight: number;
}

const ROWS: readonly (readonly [string, string, string, string, string, string, string, number])[] = [
  ['深圳', 'Shenzhen', '4403', '440300', 'CN-GD', '518000', 'Shenzhen Customs', 110],
  ['东莞', 'Dongguan', '4419', '441900', 'CN-GD', '523000', 'Huangpu Customs', 60],
  ['广州', 'Guangzhou', '4401', '440100', 'CN-GD', '510000', 'Guangzhou Customs', 55],
  ['佛山', 'Foshan', '4406', '440600', 'CN-GD', '528000', 'Guangzhou Customs', 28],
  ['珠海', 'Zhuhai', '4404', '440400', 'CN-GD', '519000', 'Gongbei Customs', 16],
  ['中山', 'Zhongshan', '4420', '442000', 'CN-GD', '528400', 'Gongbei Customs', 16],
  ['惠州', 'Huizhou', '4413', '441300', 'CN-GD', '516000', 'Shenzhen Customs', 16],
  ['江门', 'Jiangmen', '4407', '440700', 'CN-GD', '529000', 'Jiangmen Customs', 10],
  ['汕头', 'Shantou', '4405', '440500', 'CN-GD', '515000', 'Shantou Customs', 6],
  ['上海', 'Shanghai', '3122', '310115', 'CN-SH', '201200', 'Shanghai Customs', 105],
  ['苏州', 'Suzhou', '3205', '320500', 'CN-JS', '215000', 'Nanjing Customs', 60],
  ['无锡', 'Wuxi', '3202', '320200', 'CN-JS', '214000', 'Nanjing Customs', 26],
  ['南京', 'Nanjing', '3201', '320100', 'CN-JS', '210000', 'Nanjing Customs', 20],
  ['南通', 'Nantong', '3206', '320600', 'CN-JS', '226000', 'Nanjing Customs', 18],
  ['常州', 'Changzhou', '3204', '320400', 'CN-JS', '213000', 'Nanjing Customs', 14],
  ['扬州', 'Yangzhou', '3210', '321000', 'CN-JS', '225000', 'Nanjing Customs', 8],
  ['镇江', 'Zhenjiang', '3211', '321100', 'CN-JS', '212000', 'Nanjing Customs', 7],
  ['徐州', 'Xuzhou', '3203', '320300', 'CN-JS', '221000', 'Nanjing Customs', 5],
  ['宁波', 'Ningbo', '3302', '330200', 'CN-ZJ', '315000', 'Ningbo Customs', 42],
  ['杭州', 'Hangzhou', '3301', '330100', 'CN-ZJ', '310000', 'Hangzhou Customs', 26],
  ['嘉兴', 'Jiaxing', '3304', '330400', 'CN-ZJ', '314000', 'Hangzhou Customs', 14],
  ['绍兴', 'Shaoxing', '3306', '330600', 'CN-ZJ', '312000', 'Hangzhou Customs', 12],
  ['金华', 'Jinhua', '3307', '330700', 'CN-ZJ', '321000', 'Hangzhou Customs', 14],
  ['温州', 'Wenzhou', '3303', '330300', 'CN-ZJ', '325000', 'Hangzhou Customs', 10],
  ['台州', 'Taizhou', '3310', '331000', 'CN-ZJ', '318000', 'Hangzhou Customs', 9],
  ['湖州', 'Huzhou', '3305', '330500', 'CN-ZJ', '313000', 'Hangzhou Customs', 7],
  ['青岛', 'Qingdao', '3702', '370200', 'CN-SD', '266000', 'Qingdao Customs', 30],
  ['烟台', 'Yantai', '3706', '370600', 'CN-SD', '264000', 'Qingdao Customs', 14],
  ['济南', 'Jinan', '3701', '370100', 'CN-SD', '250000', 'Jinan Customs', 8],
  ['潍坊', 'Weifang', '3707', '370700', 'CN-SD', '261000', 'Qingdao Customs', 9],
  ['威海', 'Weihai', '3710', '371000', 'CN-SD', '264200', 'Qingdao Customs', 8],
  ['天津', 'Tianjin', '1207', '120116', 'CN-TJ', '300450', 'Tianjin Customs', 26],
  ['北京', 'Beijing', '1105', '110105', 'CN-BJ', '100020', 'Beijing Customs', 24],
  ['石家庄', 'Shijiazhuang', '1301', '130100', 'CN-HE', '050000', 'Shijiazhuang Customs', 6],
  ['唐山', 'Tangshan', '1302', '130200', 'CN-HE', '063000', 'Shijiazhuang Customs', 4],
  ['大连', 'Dalian', '2102', '210200', 'CN-LN', '116000', 'Dalian Customs', 18],
  ['沈阳', 'Shenyang', '2101', '210100', 'CN-LN', '110000', 'Shenyang Customs', 7],
  ['长春', 'Changchun', '2201', '220100', 'CN-JL', '130000', 'Changchun Customs', 4],
  ['哈尔滨', 'Harbin', '2301', '230100', 'CN-HL', '150000', 'Harbin Customs', 3],
  ['厦门', 'Xiamen', '3502', '350200', 'CN-FJ', '361000', 'Xiamen Customs', 28],
  ['福州', 'Fuzhou', '3501', '350100', 'CN-FJ', '350000', 'Fuzhou Customs', 13],
  ['泉州', 'Quanzhou', '3505', '350500', 'CN-FJ', '362000', 'Xiamen Customs', 12],
  ['漳州', 'Zhangzhou', '3506', '350600', 'CN-FJ', '363000', 'Xiamen Customs', 6],
  ['合肥', 'Hefei', '3401', '340100', 'CN-AH', '230000', 'Hefei Customs', 11],
  ['芜湖', 'Wuhu', '3402', '340200', 'CN-AH', '241000', 'Hefei Customs', 5],
  ['武汉', 'Wuhan', '4201', '420100', 'CN-HB', '430000', 'Wuhan Customs', 14],
  ['长沙', 'Changsha', '4301', '430100', 'CN-HN', '410000', 'Changsha Customs', 9],
  ['郑州', 'Zhengzhou', '4101', '410100', 'CN-HA', '450000', 'Zhengzhou Customs', 10],
  ['南昌', 'Nanchang', '3601', '360100', 'CN-JX', '330000', 'Nanchang Customs', 8],
  ['成都', 'Chengdu', '5101', '510100', 'CN-SC', '610000', 'Chengdu Customs', 16],
  ['重庆', 'Chongqing', '5001', '500112', 'CN-CQ', '401120', 'Chongqing Customs', 14],
  ['西安', "Xi'an", '6101', '610100', 'CN-SN', '710000', "Xi'an Customs", 9],
  ['南宁', 'Nanning', '4501', '450100', 'CN-GX', '530000', 'Nanning Customs', 5],
  ['昆明', 'Kunming', '5301', '530100', 'CN-YN', '650000', 'Kunming Customs', 4],
  ['贵阳', 'Guiyang', '5201', '520100', 'CN-GZ', '550000', 'Guiyang Customs', 2],
  ['海口', 'Haikou', '4601', '460100', 'CN-HI', '570000', 'Haikou Customs', 4],
  ['太原', 'Taiyuan', '1401', '140100', 'CN-SX', '030000', 'Taiyuan Customs', 3],
  ['呼和浩特', 'Hohhot', '1501', '150100', 'CN-NM', '010000', 'Hohhot Customs', 2],
  ['兰州', 'Lanzhou', '6201', '620100', 'CN-GS', '730000', 'Lanzhou Customs', 1],
  ['乌鲁木齐', 'Urumqi', '6501', '650100', 'CN-XJ', '830000', 'Urumqi Customs', 3],
];

export const CHINESE_CITIES: readonly ChineseCity[] = ROWS.map(
  ([native, latin, customsDivision, division, subdivision, postalCode, customsOffice, weight]) => ({
    native,
    latin,
    customsDivision,
    division,
    subdivision,
    postalCode,
    customsOffice,
    weight,
  }),
);
