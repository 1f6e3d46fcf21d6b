/** What somebody looks for, and which texts have it. */
export interface LanguageCase {
  readonly language: string
  readonly text: string
  /** Each finds the text. */
  readonly finds: readonly string[]
  /** None of these does. */
  readonly misses: readonly string[]
}

/** What people write and look for in twelve languages and more. */
export const languageCases: readonly LanguageCase[] = [
  {
    language: 'English',
    text: "Don't forget: the naïve café-owner paid 3.50 at example.com!",
    finds: [
      'dont',
      "DON'T",
      'naive',
      'cafe',
      'owner',
      'café-owner',
      '3.50',
      'example.com',
      'exam',
      'paid forg',
    ],
    misses: ['forgot', 'ample', 'own paid'],
  },
  {
    language: 'German',
    text: 'Die Straße nach München ist wegen der Übergröße gesperrt',
    finds: ['strasse', 'STRASSE', 'munchen', 'MÜNCHEN', 'ubergrosse', 'Straße gesp'],
    misses: ['ist gestern', 'größe'],
  },
  {
    language: 'French',
    text: "L'école a reçu l’été dernier des cœurs en chocolat",
    finds: ['ecole', "l'ecole", 'École', 'recu', 'été', 'coeurs', 'cœur'],
    misses: ['cole', 'recus'],
  },
  {
    language: 'Spanish',
    text: '¿Mañana vendrá el señor Núñez? ¡Sí!',
    finds: ['manana', 'MAÑANA', 'nunez', 'señor ven', 'si'],
    misses: ['vendran', 'seno'.repeat(2)],
  },
  {
    language: 'Turkish',
    text: 'İstanbul’da ışık çok güzel, İZMİR’de de',
    finds: ['istanbul', 'ISTANBUL', 'İstanbul', 'ışık', 'isik', 'IŞIK', 'guzel', 'izmir', 'cok'],
    misses: ['tanbul', 'ankara'],
  },
  {
    language: 'Polish',
    text: 'Łódź, żółta łódka i źdźbło trawy',
    finds: ['lodz', 'łódź', 'zolta', 'ŻÓŁTA', 'lodka', 'zdzblo'],
    misses: ['odz', 'trawa'],
  },
  {
    language: 'Vietnamese',
    text: 'Đường phố Hà Nội rất đông người',
    finds: ['duong', 'đường', 'ha noi', 'Hà Nội', 'dong nguoi'],
    misses: ['saigon', 'noi bai'],
  },
  {
    language: 'Russian',
    text: 'Ещё один ёжик пришёл в Чёрный переулок',
    finds: ['еще', 'ЕЩЁ', 'ежик', 'черный', 'Чёрный пере', 'пришел'],
    misses: ['пришла', 'улок'],
  },
  {
    language: 'Greek',
    text: 'Ο Οδυσσέας έφτασε στο λιμάνι της Αθήνας',
    finds: ['οδυσσεας', 'ΟΔΥΣΣΕΑΣ', 'εφτασε', 'λιμανι', 'αθηνας', 'Αθήνα'],
    misses: ['δυσσεας', 'λιμανια'],
  },
  {
    language: 'Arabic',
    text: 'مُحَمَّد أرسل الرسالة إلى المدرسة الكبيرة',
    finds: ['محمد', 'ارسل', 'الرسالة', 'الرساله', 'الي المدرسة', 'الكبير'],
    misses: ['رسالة', 'القصيرة'],
  },
  {
    language: 'Persian',
    text: 'می‌خواهم کتاب‌های فارسی را بخوانم',
    finds: ['میخواهم', 'مي‌خواهم', 'کتابهای', 'كتاب', 'فارسی'],
    misses: ['خواهم می', 'انگلیسی'],
  },
  {
    language: 'Hebrew',
    text: 'שָׁלוֹם לכולם, נתראה מחר בירושלים',
    finds: ['שלום', 'לכולם', 'מחר', 'ביר', 'שָׁלוֹם'],
    misses: ['ירושלים', 'אתמול'],
  },
  {
    language: 'Hindi',
    text: 'मुझे कल दिल्ली में काम है, सड़क पर भीड़ थी',
    finds: ['दिल्ली', 'काम', 'सड़क', 'भीड़', 'दिल', 'कल काम'],
    misses: ['कम', 'किताब', 'मुंबई'],
  },
  {
    language: 'Chinese',
    text: '我们明天在北京大学门口见面，不要迟到。',
    finds: ['北京', '北京大学', '大学', '京', '明天见面'.slice(0, 2), '门口', '京大', '见面 北京'],
    misses: ['北大', '上海', '学大'],
  },
  {
    language: 'Japanese',
    text: '東京都庁でﾃﾞｰﾀベースのミーティングがあります',
    finds: ['東京', '京都', '都庁', 'データ', 'データベース', 'ミーティング', 'ベースの', 'あります'],
    misses: ['大阪', 'テータ', 'ミーテイング'],
  },
  {
    language: 'Korean',
    text: '내일 학교에서 친구를 만나요',
    finds: ['학교', '학교에서', '친구', '만나', '내일 친구', '학교'.normalize('NFD')],
    misses: ['회사', '교학'],
  },
  {
    language: 'Thai',
    text: 'พรุ่งนี้ฉันจะไปประเทศไทยกับเพื่อน',
    finds: ['ประเทศ', 'เพื่อน', 'พรุ่งนี้', 'ประเทศไทย'],
    misses: ['โรงเรียน', 'มะม่วง'],
  },
  {
    language: 'Ukrainian',
    text: "П’ять яблук, об\u02bcїхала, м'яч",
    finds: ["п'ять", 'п\u02bcять', 'пять', "об'їхала", 'обїхала', 'їхала', 'м\u02bcяч'],
    misses: ['шість', "п'яти"],
  },
  {
    language: 'Uzbek',
    text: 'O\u02bbzbekiston, G‘alaba va ma’no',
    finds: ["o'zbekiston", 'ozbekiston', 'O‘zbekiston', 'g\u02bbalaba', 'galaba', "ma'no"],
    misses: ['kiston', 'alibi'],
  },
  {
    language: 'digits of several scripts',
    text: 'الطلب ١٢٣٤ و ۵۶۷، ऑर्डर २०२४, สั่งซื้อ ๘๙',
    finds: ['1234', '١٢٣٤', '567', '٥٦٧', '2024', '२०२४', '۲۰۲۴', '89'],
    misses: ['4321', '98'],
  },
  {
    language: 'emojis of several parts',
    text: 'I ❤️ it 👍🏽 with 👨‍👩‍👧 in 🇩🇪🇫🇷 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    finds: ['❤', '❤️', '👍', '👍🏿', '👨‍👩‍👧', '👩', '🇩🇪', '🇫🇷', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👨‍👩‍👧 🇩🇪'],
    misses: ['🇪🇫', '👧‍👩‍👨', '👎'],
  },
  {
    language: 'emojis and several scripts at once',
    text: 'Happy birthday 🎉 田中さん! iPhone15手机 №①',
    finds: ['🎉', 'birthday 🎉', '田中', 'iphone15', '手机', '15手机'.slice(2), '1', 'さん happy'],
    misses: ['🎂', '机手'],
  },
]
