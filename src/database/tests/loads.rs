//! Indexes that were loaded again and again: what one load is is a matter of chance, the mean is not.
//!
//! PostgreSQL 15.18 (Debian 12, 64 bits), locale C, `fsync` and autovacuum off, one session. Each load:
//!
//! ```sql
//! create table t (…); create index on t (…);          -- `later`: after 100,000 rows
//! insert into t select … from generate_series(1, ROWS) i;
//! select pg_relation_size(INDEX) / 8192;
//! ```
//!
//! where a row is
//!
//! ```sql
//! -- users(user_id uuid, username text, email text, created_at timestamptz)
//! gen_random_uuid(), substr(md5(random()::text), 1, 9 + (random()*6)::int),
//!   substr(md5(random()::text), 1, 12 + (random()*8)::int) || '@mail.com',
//!   timestamptz '2025-01-01' + i * interval '7.3 seconds'
//! -- enrollments(id bigint, user_id bigint, course_id bigint, progress smallint, completed boolean,
//! --   enrolled_at timestamptz)
//! i, (random()*1e6)::bigint, (random()*2000)::bigint, (random()*100)::int, i%5 = 0, TIME
//! -- survey(id uuid, survey_id int, user_id bigint, answers text, created_at timestamptz)
//! gen_random_uuid(), (random()*1000)::int, (random()*1e6)::bigint, repeat('x', 288), TIME
//! -- uuids(g uuid, at timestamptz), numbers(g bigint, at timestamptz)
//! md5((floor(random()*500))::text)::uuid, TIME        (random()*200)::bigint, TIME
//! -- padded(g bigint, at timestamptz, pad text), padded_uuids(g uuid, …), ascending(at …)
//! floor(random()*GROUPS)::bigint, TIME, repeat('x', 100)        md5(…)::uuid, TIME, …
//! -- keys(k int), hashes(k text), nulls(at timestamptz), later(k uuid)
//! floor(random()*KEYS)::int        md5((floor(random()*KEYS))::text)
//! case when random() < 0.75 then null else TIME at random in a year end        gen_random_uuid()
//! ```

/// How the rows came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loaded {
    /// At random places.
    Random,
    /// The same into an index built over 100,000 rows.
    Later,
    /// At the end of the first column's group.
    Grouped,
    /// At the start of it: the last column descends in the index.
    Descending,
}

/// Loads of one kind.
pub struct Loads {
    /// Table and key.
    pub name: &'static str,
    /// Of each key column: type, different values that it can have (0: all different), nulls.
    pub key: &'static [(&'static str, f64, f64)],
    pub rows: f64,
    pub loaded: Loaded,
    /// Pages of the table.
    pub heap_pages: f64,
    /// Pages of the index after each load.
    pub pages: &'static [u32],
}

/// All kinds.
pub const ALL: &[Loads] = &[
    Loads {
        name: "ascending.at desc",
        key: &[("timestamptz", 0.0, 0.0)],
        rows: 100_000.0,
        loaded: Loaded::Descending,
        heap_pages: 443.0,
        pages: &[494, 494],
    },
    Loads {
        name: "padded.g,at desc",
        key: &[("bigint", 200.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Descending,
        heap_pages: 5455.0,
        pages: &[1978, 1975, 1976, 1981, 1970, 1976, 1984, 1981, 1972, 1980, 1976, 1978],
    },
    Loads {
        name: "padded.g,at desc",
        key: &[("bigint", 3000.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Descending,
        heap_pages: 5455.0,
        pages: &[
            1515, 1489, 1496, 1506, 1514, 1432, 1522, 1521, 1489, 1497, 1486, 1466, 1502, 1476,
            1456,
        ],
    },
    Loads {
        name: "padded_uuids.g,at desc",
        key: &[("uuid", 500.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Descending,
        heap_pages: 3847.0,
        pages: &[1531, 1534, 1533, 1538, 1533, 1538, 1533, 1538, 1530, 1538, 1535, 1536],
    },
    Loads {
        name: "numbers.g,at",
        key: &[("bigint", 201.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 100_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 541.0,
        pages: &[
            526, 523, 526, 524, 536, 513, 520, 509, 507, 528, 509, 501, 506, 510, 515, 505, 517,
            532, 525, 495, 527, 521, 526, 490, 507, 520, 521, 522, 498, 531,
        ],
    },
    Loads {
        name: "numbers.g,at",
        key: &[("bigint", 201.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 400_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 2163.0,
        pages: &[
            1756, 1747, 1750, 1775, 1752, 1760, 1754, 1796, 1775, 1757, 1785, 1737, 1768, 1769,
            1777, 1777, 1754, 1744, 1759, 1786, 1760, 1750, 1760, 1777, 1770, 1771, 1753, 1755,
            1744, 1761,
        ],
    },
    Loads {
        name: "padded.g,at",
        key: &[("bigint", 10_000.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 5455.0,
        pages: &[1465, 1506, 1509, 1479, 1531, 1482, 1505, 1461, 1487, 1502, 1584, 1493],
    },
    Loads {
        name: "padded.g,at",
        key: &[("bigint", 3000.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 5455.0,
        pages: &[1600, 1602, 1552, 1610, 1561, 1614, 1598, 1620, 1671, 1583, 1617, 1610],
    },
    Loads {
        name: "padded.g,at",
        key: &[("bigint", 30_000.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 5455.0,
        pages: &[1417, 1512, 1473, 1444, 1464, 1418, 1446, 1477, 1468, 1428, 1441, 1436],
    },
    Loads {
        name: "padded_uuids.g,at",
        key: &[("uuid", 10_000.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 5770.0,
        pages: &[2030, 2025, 2003, 2041, 1974, 2028, 1962, 1973, 2027, 2042, 1949, 2025],
    },
    Loads {
        name: "padded_uuids.g,at",
        key: &[("uuid", 3000.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 5770.0,
        pages: &[1872, 1899, 1935, 1892, 1871, 1908, 1904, 1898, 1879, 1866, 1896, 1896],
    },
    Loads {
        name: "survey.survey_id,created_at",
        key: &[("int", 1001.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 100_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 4546.0,
        pages: &[
            584, 545, 570, 585, 577, 590, 583, 566, 572, 571, 576, 581, 586, 599, 557, 581, 567,
            582, 569, 564, 582, 561, 579, 580, 580, 578, 585, 567, 579, 590, 576, 557, 575, 592,
            579, 553, 554, 586, 580, 579,
        ],
    },
    Loads {
        name: "survey.survey_id,created_at",
        key: &[("int", 1001.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 13_637.0,
        pages: &[
            1614, 1598, 1620, 1613, 1619, 1626, 1637, 1597, 1609, 1591, 1606, 1615, 1603, 1610,
            1629, 1626, 1610, 1598, 1617, 1591,
        ],
    },
    Loads {
        name: "survey.survey_id,created_at",
        key: &[("int", 1001.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 45_455.0,
        pages: &[5472, 5449, 5428, 5439, 5420, 5347, 5438, 5455, 5417, 5351, 5330, 5436],
    },
    Loads {
        name: "survey.survey_id,created_at",
        key: &[("int", 1001.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 2_000_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 90_910.0,
        pages: &[10693, 10900, 10784, 10747],
    },
    Loads {
        name: "uuids.g,at",
        key: &[("uuid", 500.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 50_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 319.0,
        pages: &[
            310, 306, 315, 310, 306, 295, 318, 300, 304, 307, 300, 307, 303, 308, 308, 308, 306,
            306, 299, 301, 301, 307, 299, 303, 301, 312, 302, 303, 295, 309,
        ],
    },
    Loads {
        name: "uuids.g,at",
        key: &[("uuid", 500.0, 0.0), ("timestamptz", 0.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Grouped,
        heap_pages: 1274.0,
        pages: &[
            1533, 1547, 1535, 1533, 1526, 1536, 1532, 1529, 1537, 1529, 1533, 1528, 1533, 1538,
            1537, 1532, 1529, 1537, 1525, 1530, 1533, 1528, 1540, 1533, 1535, 1533, 1538, 1530,
            1535, 1529,
        ],
    },
    Loads {
        name: "later.k",
        key: &[("uuid", 0.0, 0.0)],
        rows: 110_000.0,
        loaded: Loaded::Later,
        heap_pages: 595.0,
        pages: &[480, 485, 491, 485, 488, 491, 480, 482, 483, 487],
    },
    Loads {
        name: "later.k",
        key: &[("uuid", 0.0, 0.0)],
        rows: 140_000.0,
        loaded: Loaded::Later,
        heap_pages: 757.0,
        pages: &[773, 773, 773, 773, 773, 773, 773, 773, 773, 773],
    },
    Loads {
        name: "later.k",
        key: &[("uuid", 0.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Later,
        heap_pages: 1082.0,
        pages: &[798, 792, 788, 792, 808, 795, 806, 796, 801, 793],
    },
    Loads {
        name: "enrollments.course_id",
        key: &[("bigint", 2001.0, 0.0)],
        rows: 100_000.0,
        loaded: Loaded::Random,
        heap_pages: 834.0,
        pages: &[
            133, 134, 138, 135, 133, 137, 135, 140, 137, 134, 141, 135, 133, 138, 132, 136, 133,
            132, 128, 129, 135, 138, 135, 133, 124, 133, 123, 138, 139, 131, 124, 134, 125, 138,
            133, 128, 135, 135, 135, 136,
        ],
    },
    Loads {
        name: "enrollments.course_id",
        key: &[("bigint", 2001.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Random,
        heap_pages: 2500.0,
        pages: &[295, 295, 295, 302, 298, 294, 294, 299, 301, 297, 310, 295, 295, 310, 296],
    },
    Loads {
        name: "enrollments.course_id",
        key: &[("bigint", 2001.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 8334.0,
        pages: &[1121, 1173, 1163, 1161, 1162, 1160, 1160, 1173, 1165, 1174, 1169, 1173],
    },
    Loads {
        name: "enrollments.user_id,course_id",
        key: &[("bigint", 1_000_000.0, 0.0), ("bigint", 2001.0, 0.0)],
        rows: 100_000.0,
        loaded: Loaded::Random,
        heap_pages: 834.0,
        pages: &[
            549, 548, 535, 520, 530, 530, 536, 525, 547, 533, 536, 548, 512, 543, 533, 538, 526,
            539, 556, 533, 530, 511, 509, 533, 525, 549, 555, 519, 540, 520, 534, 527, 536, 510,
            528, 520, 527, 525, 524, 528,
        ],
    },
    Loads {
        name: "enrollments.user_id,course_id",
        key: &[("bigint", 1_000_000.0, 0.0), ("bigint", 2001.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Random,
        heap_pages: 2500.0,
        pages: &[
            1407, 1404, 1465, 1435, 1482, 1486, 1452, 1459, 1401, 1437, 1429, 1448, 1454, 1444,
            1441,
        ],
    },
    Loads {
        name: "enrollments.user_id,course_id",
        key: &[("bigint", 1_000_000.0, 0.0), ("bigint", 2001.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 8334.0,
        pages: &[4840, 4732, 4782, 4832, 4864, 4849, 4774, 4851, 4771, 4830, 4862, 4824],
    },
    Loads {
        name: "hashes.k",
        key: &[("char(32)", 500.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Random,
        heap_pages: 1667.0,
        pages: &[
            221, 213, 221, 212, 213, 207, 217, 213, 217, 217, 223, 217, 210, 209, 217, 214, 219,
            218, 214, 213,
        ],
    },
    Loads {
        name: "hashes.k",
        key: &[("char(32)", 5000.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Random,
        heap_pages: 1667.0,
        pages: &[
            269, 280, 293, 282, 281, 281, 278, 280, 282, 263, 283, 282, 292, 268, 279, 276, 277,
            281, 292, 287,
        ],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 1.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Random,
        heap_pages: 885.0,
        pages: &[159, 159, 159],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 10.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Random,
        heap_pages: 885.0,
        pages: &[162, 162, 162, 162, 162, 162, 162, 162, 162, 162, 162, 162, 162, 162, 162],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 100.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Random,
        heap_pages: 885.0,
        pages: &[
            202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202,
            202, 202, 202,
        ],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 1000.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Random,
        heap_pages: 885.0,
        pages: &[
            264, 232, 237, 244, 248, 253, 260, 258, 244, 251, 249, 248, 266, 243, 240, 253, 255,
            236, 255, 251,
        ],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 20_000.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Random,
        heap_pages: 885.0,
        pages: &[
            294, 294, 293, 289, 294, 286, 292, 295, 295, 295, 294, 277, 280, 289, 295, 293, 294,
            292, 293, 293,
        ],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 300.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Random,
        heap_pages: 885.0,
        pages: &[
            240, 239, 240, 243, 241, 240, 241, 238, 247, 245, 250, 239, 244, 236, 239, 242, 239,
            248, 250, 249,
        ],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 3000.0, 0.0)],
        rows: 200_000.0,
        loaded: Loaded::Random,
        heap_pages: 885.0,
        pages: &[
            240, 254, 247, 264, 255, 250, 262, 253, 252, 260, 247, 245, 264, 257, 235, 263, 262,
            279, 256, 238,
        ],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 20.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 4425.0,
        pages: &[801, 798, 800, 798, 801, 800],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 200.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 4425.0,
        pages: &[810, 809, 815, 812, 813, 812, 816, 815, 811, 809, 813, 811],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 2000.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 4425.0,
        pages: &[1168, 1157, 1157, 1178, 1126, 1154, 1145, 1166, 1176, 1178, 1155, 1170],
    },
    Loads {
        name: "keys.k",
        key: &[("int", 5000.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 4425.0,
        pages: &[1150, 1169, 1174, 1102, 1172, 1142, 1118, 1132, 1116, 1173],
    },
    Loads {
        name: "nulls.at",
        key: &[("timestamptz", 0.0, 0.75)],
        rows: 100_000.0,
        loaded: Loaded::Random,
        heap_pages: 368.0,
        pages: &[
            147, 147, 147, 148, 146, 152, 151, 145, 143, 142, 144, 146, 146, 145, 151, 146, 146,
            148, 150, 149,
        ],
    },
    Loads {
        name: "users.email",
        key: &[("text(25)", 0.0, 0.0)],
        rows: 50_000.0,
        loaded: Loaded::Random,
        heap_pages: 582.0,
        pages: &[
            355, 366, 370, 362, 387, 356, 359, 364, 370, 358, 348, 367, 382, 342, 351, 364, 355,
            359, 360, 341, 345, 360, 357, 377, 359, 356, 361, 365, 350, 365,
        ],
    },
    Loads {
        name: "users.email",
        key: &[("text(25)", 0.0, 0.0)],
        rows: 100_000.0,
        loaded: Loaded::Random,
        heap_pages: 1164.0,
        pages: &[
            719, 756, 718, 716, 741, 709, 718, 709, 699, 729, 726, 728, 735, 722, 725, 703, 724,
            721, 724, 705, 704, 726, 712, 730, 722, 715, 746, 728, 736, 727, 732, 749, 722, 733,
            740, 722, 711, 727, 735, 737,
        ],
    },
    Loads {
        name: "users.email",
        key: &[("text(25)", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Random,
        heap_pages: 3491.0,
        pages: &[
            2266, 2281, 2227, 2246, 2214, 2270, 2260, 2225, 2284, 2264, 2301, 2265, 2223, 2268,
            2273, 2255, 2245, 2238, 2272, 2226,
        ],
    },
    Loads {
        name: "users.email",
        key: &[("text(25)", 0.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 11_634.0,
        pages: &[7598, 7539, 7529, 7592, 7487, 7526, 7483, 7567, 7555, 7628, 7592],
    },
    Loads {
        name: "users.email",
        key: &[("text(25)", 0.0, 0.0)],
        rows: 2_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 23266.5,
        pages: &[14987, 15106, 15068],
    },
    Loads {
        name: "users.user_id",
        key: &[("uuid", 0.0, 0.0)],
        rows: 50_000.0,
        loaded: Loaded::Random,
        heap_pages: 582.0,
        pages: &[
            271, 249, 271, 267, 277, 271, 275, 283, 271, 274, 262, 256, 276, 267, 264, 281, 272,
            267, 272, 266, 264, 280, 272, 277, 269, 275, 282, 250, 252, 274,
        ],
    },
    Loads {
        name: "users.user_id",
        key: &[("uuid", 0.0, 0.0)],
        rows: 100_000.0,
        loaded: Loaded::Random,
        heap_pages: 1164.0,
        pages: &[
            547, 545, 536, 528, 551, 552, 549, 539, 524, 530, 543, 559, 534, 540, 517, 532, 553,
            526, 546, 516, 525, 512, 548, 545, 529, 533, 542, 531, 541, 534, 539, 537, 536, 529,
            535, 538, 512, 524, 542, 538,
        ],
    },
    Loads {
        name: "users.user_id",
        key: &[("uuid", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Random,
        heap_pages: 3491.0,
        pages: &[
            1438, 1478, 1444, 1441, 1445, 1404, 1411, 1426, 1412, 1495, 1427, 1415, 1525, 1443,
            1480, 1434, 1432, 1420, 1418, 1421,
        ],
    },
    Loads {
        name: "users.user_id",
        key: &[("uuid", 0.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 11_634.0,
        pages: &[4813, 4836, 4713, 4916, 4758, 4847, 4873, 4809, 4858, 4865, 4850],
    },
    Loads {
        name: "users.user_id",
        key: &[("uuid", 0.0, 0.0)],
        rows: 2_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 23266.5,
        pages: &[9718, 9669, 9892],
    },
    Loads {
        name: "users.username",
        key: &[("text(12)", 0.0, 0.0)],
        rows: 50_000.0,
        loaded: Loaded::Random,
        heap_pages: 582.0,
        pages: &[
            276, 281, 273, 276, 278, 269, 271, 260, 276, 275, 254, 278, 265, 264, 266, 269, 274,
            267, 279, 260, 279, 271, 271, 278, 271, 265, 278, 267, 271, 277,
        ],
    },
    Loads {
        name: "users.username",
        key: &[("text(12)", 0.0, 0.0)],
        rows: 100_000.0,
        loaded: Loaded::Random,
        heap_pages: 1164.0,
        pages: &[
            525, 529, 542, 527, 552, 488, 527, 525, 532, 545, 544, 540, 535, 536, 518, 516, 534,
            531, 544, 561, 525, 533, 532, 517, 538, 539, 513, 544, 543, 526, 533, 547, 566, 545,
            529, 524, 544, 533, 555, 521,
        ],
    },
    Loads {
        name: "users.username",
        key: &[("text(12)", 0.0, 0.0)],
        rows: 300_000.0,
        loaded: Loaded::Random,
        heap_pages: 3491.0,
        pages: &[
            1466, 1438, 1400, 1381, 1450, 1423, 1417, 1423, 1426, 1465, 1420, 1429, 1434, 1503,
            1396, 1399, 1443, 1451, 1430, 1399,
        ],
    },
    Loads {
        name: "users.username",
        key: &[("text(12)", 0.0, 0.0)],
        rows: 1_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 11_634.0,
        pages: &[4816, 4853, 4813, 4839, 4835, 4845, 4780, 4816, 4828, 4823, 4859],
    },
    Loads {
        name: "users.username",
        key: &[("text(12)", 0.0, 0.0)],
        rows: 2_000_000.0,
        loaded: Loaded::Random,
        heap_pages: 23266.5,
        pages: &[9735, 9695, 9791],
    },
];
