/**
 * The pipeline that anyone would write first, written well: one job for each feedback, a Mongoose `create`, three
 * `updateOne` upserts, wink-sentiment. Concurrency 50, indexes for its look-ups, the same write concern as ours.
 * It keeps sums and counts but no histograms and no themes, and it isn't exact.
 */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import sentiment from 'wink-sentiment';

const { REDIS_URL = '', MONGODB_URI = '', QUEUE_PREFIX = '' } = process.env;
const RATINGS = ['overallRating', 'uxRating', 'growMethodRating'] as const;

await mongoose.connect(MONGODB_URI, { w: 'majority', journal: true });
const feedbackSchema = new mongoose.Schema({
  _id: String,
  orgId: { type: String, index: true },
  userId: { type: String, index: true },
  sessionId: { type: String, index: true },
  overallRating: Number,
  uxRating: Number,
  growMethodRating: Number,
  easeOfUse: String,
  helpfulness: String,
  willingToPay: String,
  improvements: String,
  sentiment: Number,
  createdAt: Date,
});
const Feedback = mongoose.model('feedback', feedbackSchema, 'feedback');
const aggregateSchema = new mongoose.Schema({ _id: String }, { strict: false });
const aggregates = ['org', 'user', 'session'].map((level) => ({
  field: `${level}Id`,
  model: mongoose.model(`${level}Aggregate`, aggregateSchema, `${level}_aggregates`),
}));
await Feedback.init();

const connection = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
const worker = new Worker(
  'obvious',
  async ({ data }) => {
    const { id, ...fields } = data;
    const { normalizedScore = 0 } = fields.improvements ? sentiment(fields.improvements) : {};
    await Feedback.create({ _id: id, ...fields, sentiment: normalizedScore });
    const $inc: Record<string, number> = { count: 1, sentimentSum: normalizedScore };
    for (const rating of RATINGS)
      if (fields[rating] !== undefined) {
        $inc[`${rating}Sum`] = fields[rating];
        $inc[`${rating}Count`] = 1;
      }
    await Promise.all(
      aggregates.map(({ field, model }) => model.updateOne({ _id: fields[field] }, { $inc }, { upsert: true })),
    );
  },
  { connection, prefix: QUEUE_PREFIX, concurrency: 50, removeOnComplete: { count: 0 } },
);
process.on('SIGTERM', async () => {
  await worker.close();
  await mongoose.disconnect();
  process.exit(0);
});
process.stdout.write('working\n');
