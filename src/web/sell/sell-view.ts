import { heading, type View } from '../view.js';

export const sellView: View = ({ root }) => {
  root.append(heading('Sell', ''));
  return () => {};
};
