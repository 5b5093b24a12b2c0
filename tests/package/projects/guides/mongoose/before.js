import express from 'express';
import mongoose, { Schema } from 'mongoose';

const memberSchema = new Schema(
  {
    name: { type: String, required: true },
    role: String,
    phone: String,
    salary: Schema.Types.Decimal128,
    badge: BigInt,
    department: Schema.Types.ObjectId,
    address: { city: String, street: String },
    birthday: Date,
    employeeId: String,
    joinDate: Date,
  },
  { timestamps: true },
);
const Member = mongoose.model('Member', memberSchema, 'team');

await mongoose.connect(process.env.MONGODB_URL);
const app = express();
app.set('json replacer', (key, value) => (typeof value === 'bigint' ? value.toString() : value));
app.use(express.json());

app.get('/api/team/:id', async (request, response) => {
  const member = await Member.findById(request.params.id);
  if (!member) return response.sendStatus(404);
  response.json(member);
});

app.put('/api/team/:id', async (request, response) => {
  const options = { returnDocument: 'after', runValidators: true };
  const member = await Member.findByIdAndUpdate(request.params.id, request.body, options);
  if (!member) return response.sendStatus(404);
  response.json(member);
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening ${server.address().port}`));
