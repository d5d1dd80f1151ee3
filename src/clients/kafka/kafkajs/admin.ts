import type { Admin, Kafka } from 'kafkajs';
import { type Shared, shared } from './shared.ts';

/** One admin connection for all. */
export function sharedAdmin(kafka: Pick<Kafka, 'admin'>): Shared<Admin> {
  const open = async () => {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  };
  return shared(open, (admin) => admin.disconnect());
}
