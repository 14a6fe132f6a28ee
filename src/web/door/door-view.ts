import { heading, type View } from '../view.js';

export const doorView: View = ({ root }) => {
  root.append(heading('Door', ''));
  return () => {};
};
