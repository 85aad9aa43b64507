import type { Texts } from './words.ts';

/** The mails in Spanish. */
export const SPANISH: Texts = {
  verify_email: {
    subject: 'Confirme su dirección de correo',
    text: 'Confirme que {{email}} es su dirección en {{site}}.',
    button: 'Confirmar la dirección',
    after: 'El enlace es válido durante 24 horas. Si no se ha registrado en {{site}}, ignore este mensaje.',
  },
  reset_password: {
    subject: 'Elegir una contraseña nueva',
    text: 'Alguien, esperamos que usted, ha pedido una contraseña nueva para su cuenta en {{site}}.',
    button: 'Elegir una contraseña nueva',
    after:
      'El enlace es válido durante una hora y una sola vez. Si no lo ha pedido, ignore este mensaje: su contraseña no cambia.',
  },
  set_up: {
    subject: 'Elija su contraseña',
    text: 'Se ha creado una cuenta para usted en {{site}}. Elija una contraseña para usarla.',
    button: 'Elegir una contraseña',
    after: 'El enlace es válido durante 24 horas y una sola vez. Si no conoce {{site}}, ignore este mensaje.',
  },
  change_email: {
    subject: 'Confirme su nueva dirección de correo',
    text: 'Ha pedido usar esta dirección para su cuenta en {{site}}.',
    button: 'Usar esta dirección',
    after: 'El enlace es válido durante una hora. Si no lo ha pedido, ignore este mensaje.',
  },
  revert_email: {
    subject: 'Su dirección de correo ha cambiado',
    text: 'Su cuenta en {{site}} tiene ahora otra dirección de correo. Si ha sido usted, no tiene que hacer nada. Si no, deshaga el cambio.',
    button: 'Deshacer el cambio',
    after:
      'El enlace es válido durante 7 días. Cierra todas las sesiones, y le enviamos un enlace para elegir una contraseña nueva.',
  },
  email_changed: {
    subject: 'Su dirección de correo ha cambiado',
    text: 'Su cuenta en {{site}} tiene ahora otra dirección de correo. Si ha sido usted, no tiene que hacer nada.',
    after: 'Si no ha sido usted, póngase en contacto con {{site}}.',
  },
  password_changed: {
    subject: 'Su contraseña ha cambiado',
    text: 'La contraseña de su cuenta en {{site}} ha cambiado, y se han cerrado todas las sesiones.',
    after: 'Si no ha sido usted, elija ahora mismo una contraseña nueva.',
  },
  new_device: {
    subject: 'Nuevo acceso a su cuenta',
    text: 'Alguien ha entrado en su cuenta en {{site}} desde un dispositivo nuevo, desde la dirección {{ip}}.',
    after: 'Si ha sido usted, no tiene que hacer nada. Si no, cambie ahora mismo su contraseña.',
  },
  already_registered: {
    subject: 'Ya tiene una cuenta',
    text: 'Alguien, quizá usted, ha querido registrarse en {{site}} con esta dirección. Ya tiene una cuenta: inicie sesión o elija una contraseña nueva.',
    after: 'Si no ha sido usted, no tiene que hacer nada.',
  },
  reset_email: {
    subject: 'Cambiar su dirección de correo',
    text: 'Alguien, esperamos que usted, ha pedido cambiar la dirección de correo de su cuenta en {{site}}.',
    button: 'Cambiar la dirección',
    after: 'El enlace es válido durante una hora y una sola vez. Si no lo ha pedido, ignore este mensaje.',
  },
  reset_username: {
    subject: 'Elegir un nombre de usuario nuevo',
    text: 'Alguien, esperamos que usted, ha pedido cambiar el nombre de usuario de su cuenta en {{site}}.',
    button: 'Elegir un nombre nuevo',
    after: 'El enlace es válido durante una hora y una sola vez. Si no lo ha pedido, ignore este mensaje.',
  },
  take_back_account: {
    subject: 'Su cuenta ha sido eliminada',
    text: 'Su cuenta en {{site}} ha sido eliminada. Ahora nadie puede usarla, y después del {{date}} se borrará todo lo que contiene. Hasta entonces puede recuperarla.',
    button: 'Recuperar la cuenta',
    after:
      'Si ha sido usted, no tiene que hacer nada. Si no, recupere la cuenta y elija ahora mismo una contraseña nueva.',
  },
};
